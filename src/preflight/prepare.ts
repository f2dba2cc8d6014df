import { takesTokens } from '../auth/takes-tokens.ts';
import { McpctlError } from '../core/errors.ts';
import { createRedactor } from '../core/redaction.ts';
import type { ServerTarget } from '../mcp/transport.ts';
import type { Resolver } from '../secrets/resolve.ts';
import { resolverFor, type SecretMachine } from '../secrets/resolver-for.ts';
import { catalogFactsOf } from '../servers/catalog-facts.ts';
import { type Launch, launchOf } from '../servers/launch.ts';
import { type Resolve, targetOf } from '../servers/target.ts';
import type { ConfiguredServer, Prepared } from './configured-server.ts';
import type { Machine } from './machine.ts';

export interface PrepareOptions {
  readonly server: ConfiguredServer;
  readonly machine: Machine;

  /** Folder of the project one is in; its `.env` counts. */
  readonly projectFolder: string | undefined;
  readonly signal: AbortSignal;
}

/** Works out how a server starts. Each reference is resolved by itself, so that all missing values are reported. */
export async function prepareServer(options: PrepareOptions): Promise<Prepared> {
  const { server, machine, projectFolder, signal } = options;
  const { entry, name, scope, lock } = server;
  const failures: McpctlError[] = [];
  const secrets: string[] = [];
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
  const lockState = lockStateOf(server, launch, failures[0]);
  if (!launch)
    return { target: undefined, lockState, failures, secrets, redact: createRedactor(secrets), notGiven: [] };
  const resolver = resolverFor(secretMachine(machine), {
    ...(projectFolder !== undefined && { projectFolder }),
    scope,
    server: name,
  });
  const target = await targetOf(launch, machine, resolvingEach({ resolver, signal, failures, secrets }));
  const signedIn = failures.length > 0 ? {} : await signInOf(options, target, secrets);
  return {
    target: failures.length > 0 ? undefined : target,
    lockState,
    failures,
    secrets,
    redact: createRedactor(secrets),
    ...(await catalogFactsOf(server)),
    ...signedIn,
  };
}

/** What doctor sees, `run` renews: it looks at a stored sign-in and changes nothing. */
async function signInOf(
  { server: { entry, name }, machine, signal }: PrepareOptions,
  target: ServerTarget,
  secrets: string[],
): Promise<Pick<Prepared, 'target' | 'signIn'> | undefined> {
  if (target.kind !== 'remote' || !takesTokens(entry, target)) return undefined;
  const [{ storedSignIn }, { openCredentials }] = await Promise.all([
    import('../auth/tokens/stored-sign-in.ts'),
    import('../auth/store/credentials.ts'),
  ]);
  const { url } = target;
  const profile = entry.profile ?? name;
  const credentials = openCredentials({ ...secretMachine(machine), paths: machine.paths });
  try {
    const stored = await storedSignIn({ url, profile, credentials, now: machine.now(), signal });
    if (stored.kind !== 'good') return { target, signIn: stored.kind };
    secrets.push(stored.access);
    const headers = { ...target.headers, authorization: `Bearer ${stored.access}` };
    return { target: { ...target, headers }, signIn: stored.kind };
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    // The store has its own findings; without it the server is asked as a stranger.
    return undefined;
  }
}

interface Collecting {
  readonly resolver: Resolver;
  readonly signal: AbortSignal;
  readonly failures: McpctlError[];
  readonly secrets: string[];
}

/** Resolves value by value and notes what cannot be resolved. */
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

/** The machine as the secrets see it. Doctor waits seconds for a keychain, not for a person. */
export function secretMachine({ env, platform, cwd, paths, program }: Machine): SecretMachine {
  return { env, platform, cwd, paths, program, prompt: { canAsk: false } };
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

function lockStateOf(
  { entry, lock }: ConfiguredServer,
  launch: Launch | undefined,
  failure: McpctlError | undefined,
): Prepared['lockState'] {
  if (!lock) return 'unlocked';
  if (!launch) return failure?.code === 'SERVER_NOT_INSTALLED' ? 'not-installed' : 'changed';
  if (launch.kind === 'remote') {
    return lock.source.type === 'remote' && lock.source.url !== entry.url ? 'differs' : 'matches';
  }
  return launch.locked ? 'matches' : 'differs';
}
