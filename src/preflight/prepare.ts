import { dirname } from 'node:path';
import { McpctlError } from '../core/errors.ts';
import { isRemote } from '../manifest/entry.ts';
import type { ServerTarget } from '../mcp/transport.ts';
import { childEnvironment } from '../platform/child-environment.ts';
import { createResolver, type Resolver } from '../secrets/resolve.ts';

import { type Launch, launchOf } from '../servers/launch.ts';
import { readPackageCommand } from '../servers/package-command.ts';
import type { ConfiguredServer, Prepared } from './configured-server.ts';
import type { Machine } from './machine.ts';

export interface PrepareOptions {
  readonly server: ConfiguredServer;
  readonly machine: Machine;

  readonly signal: AbortSignal;
}

/** Works out how a server starts. Each reference is resolved by itself, so that all missing values are reported. */
export async function prepareServer(options: PrepareOptions): Promise<Prepared> {
  const { server, machine, signal } = options;
  const { entry, manifest, scope, name, lock } = server;
  const failures: McpctlError[] = [];
  const secrets: string[] = [];
  const redact = (text: string): string =>
    secrets.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
  const launch = keeping(failures, () =>
    launchOf({
      name,
      entry,
      paths: machine.paths,
      node: machine.program.node,
      platform: machine.platform,
      ...(lock && { lockEntry: lock }),
    }),
  );
  const lockState = lockStateOf(server, launch);
  if (!launch) return { target: undefined, lockState, failures, secrets, redact };
  const resolver = createResolver({
    env: machine.env,
    platform: machine.platform,
    home: machine.paths.home,
    projectFolder: scope === 'project' ? dirname(dirname(manifest)) : machine.cwd,

    server: name,
  });
  const target = await targetOf(launch, machine, resolvingEach({ resolver, signal, failures, secrets }));
  const firstCall = await harmlessCall(server);
  return {
    target: failures.length > 0 ? undefined : target,
    lockState,
    failures,
    secrets,
    redact,
    ...(firstCall && { firstCall }),
  };
}

type Resolve = (values: Readonly<Record<string, string>>) => Promise<Record<string, string>>;

async function targetOf(launch: Launch, machine: Machine, resolve: Resolve): Promise<ServerTarget> {
  if (launch.kind === 'remote') {
    const { url = '' } = await resolve({ url: launch.url });
    const { transport } = launch;
    return { kind: 'remote', url, headers: await resolve(launch.headers), ...(transport && { transport }) };
  }
  const { command, cwd } = launch;
  const args = await resolve(Object.fromEntries(launch.args.map((text, index) => [`a${index}`, text])));
  const { env, platform } = machine;
  return {
    kind: 'stdio',
    command,
    args: Object.values(args),
    env: childEnvironment({ env, platform, own: await resolve(launch.env) }),
    ...(cwd !== undefined && { cwd }),
  };
}

interface Collecting {
  readonly resolver: Resolver;
  readonly signal: AbortSignal;
  readonly failures: McpctlError[];
  readonly secrets: string[];
}

function resolvingEach({ resolver, signal, failures, secrets }: Collecting): Resolve {
  return async (values) => {
    const done: Record<string, string> = {};
    for (const [key, value] of Object.entries(values)) {
      try {
        const resolved = await resolver.resolve({ [key]: value }, signal);
        secrets.push(...resolved.secrets);
        done[key] = resolved.values[key] ?? '';
      } catch (error) {
        if (!(error instanceof McpctlError)) throw error;
        failures.push(error);
      }
    }
    return done;
  };
}

function keeping<T>(failures: McpctlError[], body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    failures.push(error);
    return undefined;
  }
}

function lockStateOf({ entry, lock }: ConfiguredServer, launch: Launch | undefined): Prepared['lockState'] {
  if (!lock) return 'unlocked';
  if (!launch) return 'changed';
  if (launch.kind === 'remote') {
    return lock.source.type === 'remote' && lock.source.url !== entry.url ? 'differs' : 'matches';
  }
  if (launch.locked) return 'matches';
  const { source } = lock;
  const written = isRemote(entry) ? undefined : readPackageCommand(entry.command, entry.args ?? []);
  const isSame =
    source.type === 'npm' && written?.package === source.package && written.version === source.version;
  return isSame ? 'not-installed' : 'differs';
}

/** From the catalog, by the slug in the lock, the package of the command or the URL. */
async function harmlessCall({ entry, lock }: ConfiguredServer): Promise<Prepared['firstCall']> {
  const { findInCatalog } = await import('../catalog/find.ts');
  const name =
    lock?.catalog ??
    (isRemote(entry) ? entry.url : readPackageCommand(entry.command, entry.args ?? [])?.package);
  const match = name === undefined ? undefined : await findInCatalog(name);
  const call = match?.alternative ? match.alternative.firstCall : match?.entry.firstCall;
  return call?.tool === undefined ? undefined : { tool: call.tool, arguments: call.args };
}
