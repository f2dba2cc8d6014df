import type { SignInPorts } from '../../auth/sign-in/ports.ts';
import { signInFetch } from '../../auth/sign-in/sign-in-fetch.ts';
import type { SignInSettings } from '../../auth/sign-in-settings.ts';
import { type Credentials, openCredentials } from '../../auth/store/credentials.ts';
import type { SignInMachine } from '../../auth/store/open-store.ts';
import { createGrants } from '../../auth/tokens/grants.ts';
import type { TokenEvents } from '../../auth/tokens/held-sign-in.ts';
import type { RenewalPorts } from '../../auth/tokens/renew.ts';
import type { SignInPort } from '../../auth/tokens/signing-in.ts';
import { createTokenSource, type TokenSource } from '../../auth/tokens/token-source.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRemote, type ServerEntry } from '../../manifest/entry.ts';
import type { ServerTarget } from '../../mcp/transport.ts';
import type { CriticalSection } from '../../platform/critical-section.ts';
import type { signInSettings } from './sign-in-settings.ts';

/** The parts of the machine that renewing tokens needs; a command's `Context` has them all. */
export type TokenMachine = SignInMachine & {
  readonly critical: CriticalSection;
  readonly now: () => Date;
  readonly signal?: AbortSignal;
};

export interface ServerTokensOptions {
  /** Name in the manifest. */
  readonly server: string;
  readonly entry: ServerEntry;
  readonly target: ServerTarget;
  readonly machine: TokenMachine;
  /** How to sign in; asked for only when an authorization server is needed. */
  settings(): Promise<SignInSettings>;
  /** Gets remarks for the user. */
  note(line: string): void;
  /** Gets every token in use. */
  known(secrets: readonly string[]): void;
  readonly tokens?: TokenEvents;
  /** Where the user may be asked to sign in. */
  readonly signIn?: SignInAllowed;
}

export interface SignInAllowed {
  readonly ports: SignInPorts;
  /** Where new sign-ins go. */
  readonly store?: string;
}

export function openServerTokens(options: ServerTokensOptions): TokenSource {
  const { server, entry, target, machine, note, known, tokens, signIn: allowed } = options;
  if (!isRemote(entry) || target.kind !== 'remote')
    throw new McpctlError('INTERNAL', `${server} has no address.`);
  const { url } = target;
  const { signal } = machine;
  const settings = once(options.settings);
  const ports = renewalPorts({ machine, url, settings, note });
  const asked = allowed ?? (entry.grant === 'client-credentials' ? { ports: nobody(machine) } : undefined);
  const { credentials } = ports;
  return createTokenSource({
    ...ports,
    server,
    url,
    profile: entry.profile ?? server,
    ceiling: async () => (await settings()).scopes,
    known,
    ...(tokens && { tokens }),
    ...(asked && { signIn: signInPort({ ...asked, credentials, settings, url, machine, note }) }),
    ...(signal && { signal }),
  });
}

/** How to sign in to a server of a manifest; what it takes to find that out is loaded here. */
export async function settingsOf(...request: Parameters<typeof signInSettings>): Promise<SignInSettings> {
  const settings = await import('./sign-in-settings.ts');
  return await settings.signInSettings(...request);
}

export interface RenewalOptions {
  readonly machine: TokenMachine;
  /** The server's address. */
  readonly url: string;
  settings(): Promise<SignInSettings>;
  note(line: string): void;
}

/** What `renew` needs, on this machine. */
export function renewalPorts({ machine, url, settings, note }: RenewalOptions): RenewalPorts {
  const { critical, now, env, paths } = machine;
  const fetch = signInFetch(url, { env, paths, now, warn: note });
  const credentials = openCredentials(machine);
  const grants = createGrants({ settings: once(settings), fetch, now });
  return { credentials, grants, critical, now, note };
}

interface SignInPortOptions extends SignInAllowed {
  readonly credentials: Credentials;
  settings(): Promise<SignInSettings>;
  readonly url: string;
  readonly machine: TokenMachine;
  note(line: string): void;
}

function signInPort(options: SignInPortOptions): SignInPort {
  const { credentials, settings, url, machine, note, ports, store } = options;
  const { signal, env, paths, now } = machine;
  const fetch = signInFetch(url, { env, paths, now, warn: note });
  return async (challenge) => {
    const { signIn } = await import('../../auth/sign-in/sign-in.ts');
    return await signIn({
      settings: await settings(),
      credentials,
      fetch,
      ports,
      challenge,
      ...(store !== undefined && { store }),
      ...(signal && { signal }),
    });
  };
}

/** For a client that signs in for itself: there is nobody to ask. */
function nobody({ now }: TokenMachine): SignInPorts {
  return {
    open: async () => false,
    say: () => {},
    confirmScopes: async () => true,
    now: () => now().getTime(),
  };
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  return () => {
    value ??= read().catch((error: unknown) => {
      value = undefined;
      throw error;
    });
    return value;
  };
}
