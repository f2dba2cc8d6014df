import { dirname } from 'node:path';
import { McpctlError } from '../core/errors.ts';
import { isRemote } from '../manifest/entry.ts';
import type { Resolver } from '../secrets/resolve.ts';
import { resolverFor, type SecretMachine } from '../secrets/resolver-for.ts';

import { type Launch, launchOf } from '../servers/launch.ts';
import { targetOf } from '../servers/launch-target.ts';
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
  if (!launch) return { target: undefined, lockState, failures, secrets, redact, notGiven: [] };
  const resolver = resolverFor(secretMachine(machine), {
    projectFolder: scope === 'project' ? dirname(dirname(manifest)) : machine.cwd,
    server: name,
  });
  const { env, platform } = machine;
  const each = resolvingEach(resolver, failures);
  const resolved = await targetOf(launch, { resolver: each, env, platform, signal });
  secrets.push(...resolved.secrets);
  return {
    target: failures.length > 0 ? undefined : resolved.target,
    lockState,
    failures,
    secrets,
    redact,
    ...(await factsOf(server)),
  };
}

/** Resolves value by value; what cannot be resolved is noted and stays as it stands. */
function resolvingEach(resolver: Resolver, failures: McpctlError[]): Resolver {
  return {
    async resolve(values, signal) {
      const resolved: Record<string, string> = {};
      const secrets: string[] = [];
      for (const [key, value] of Object.entries(values)) {
        try {
          const one = await resolver.resolve({ [key]: value }, signal);
          secrets.push(...one.secrets);
          resolved[key] = one.values[key] ?? '';
        } catch (error) {
          if (!(error instanceof McpctlError)) throw error;
          failures.push(error);
        }
      }
      return { values: resolved, secrets };
    },
  };
}

/** The machine as the secrets see it. Doctor waits seconds for a keychain, not for a person. */
export function secretMachine({ env, platform, paths, program }: Machine): SecretMachine {
  return { env, platform, paths, program, prompt: { canAsk: false } };
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

/** What the catalog knows about the server, by the slug in the lock, the package of the command or the URL. */
async function factsOf({
  entry,
  lock,
}: ConfiguredServer): Promise<Pick<Prepared, 'firstCall' | 'notGiven' | 'nodeFloor'>> {
  const { findInCatalog } = await import('../catalog/find.ts');
  const name =
    lock?.catalog ??
    (isRemote(entry) ? entry.url : readPackageCommand(entry.command, entry.args ?? [])?.package);
  const match = name === undefined ? undefined : await findInCatalog(name);
  if (!match) return { notGiven: [] };
  const { firstCall, env, transports } = match.alternative ?? match.entry;
  const way = transports.find(({ id }) => id === match.transport);
  const text = JSON.stringify(entry);
  const notGiven = env
    .filter(
      ({ required, transports: readers }) => required && (!readers || readers.includes(match.transport)),
    )
    .map((variable) => variable.name)
    .filter((variable) => !text.includes(variable));
  const floor = way?.kind === 'npm' && /^>=\s*(\d+(?:\.\d+){0,2})/.exec(way.node ?? '')?.[1];
  return {
    // Told by its package alone, the entry may be of another way with other variables.
    notGiven: way?.kind === 'remote' ? [] : notGiven,
    ...(firstCall?.tool !== undefined && { firstCall: { tool: firstCall.tool, arguments: firstCall.args } }),
    ...(floor && { nodeFloor: floor }),
  };
}
