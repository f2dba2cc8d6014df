import { McpctlError, messageOf } from '../core/errors.ts';
import { parseReferences, type Segment } from '../core/reference.ts';
import type { Scope } from '../manifest/scopes.ts';
import type { Env } from '../platform/env.ts';
import { readDotenv } from './dotenv.ts';
import { secretParts } from './secret-parts.ts';
import type { SecretReader } from './secret-reader.ts';

export interface ResolverOptions {
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  /** Home folder, for `${file:~/…}`. */
  readonly home: string;
  /** Folder whose `.env` counts; none when absent. */
  readonly projectFolder?: string;
  /**
   * Whose entry refers to the names; a project's by default. For the user's a name the keychain lists wins over
   * `.env`, which may have come with a cloned repository.
   */
  readonly scope?: Scope;
  /** Opens the keychain. Called for a name that `.env` does not have, or may not decide. */
  readonly keychain?: () => Promise<SecretReader>;
  /** Reads `https` backends (Vault); a plain `fetch` unless given. */
  readonly fetch?: typeof fetch;
  /** Named in errors, so that people know what needs the value. */
  readonly server?: string;
}

export interface Resolved {
  /** The same keys, every reference replaced. */
  readonly values: Record<string, string>;
  /** What must not be printed: resolved values and the passwords inside them. */
  readonly secrets: string[];
}

export interface Resolver {
  /**
   * Replaces `${NAME}`, `${NAME:-default}` and `${scheme:path}` in each value. A name is looked up in the
   * environment, then in the keychain when the entry is the user's and the name is listed there, then in `.env`, then
   * in the keychain; an empty value counts as none.
   * @throws SECRET_MISSING, SECRET_BACKEND_UNKNOWN, SECRET_BACKEND_FAILED, SECRET_FILE_UNSAFE, SECRET_CORRUPT,
   *   KEYCHAIN_UNAVAILABLE (when the value is known to be in the keychain).
   */
  resolve(values: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Resolved>;
}

/** A resolver for one server; reads `.env` once and each backend reference once. */
export function createResolver(options: ResolverOptions): Resolver {
  const { env, projectFolder } = options;
  let dotenv: Promise<ReadonlyMap<string, string>> | undefined;
  let keychain: Promise<SecretReader> | undefined;
  const found = new Map<string, Promise<string>>();

  const openKeychain = (): Promise<SecretReader> | undefined => {
    keychain ??= options.keychain?.();
    return keychain;
  };

  const byName = async ({ name, fallback }: NameSegment, signal?: AbortSignal): Promise<string> => {
    if (env[name]) return env[name];
    dotenv ??= projectFolder === undefined ? Promise.resolve(new Map()) : readDotenv(projectFolder);
    const local = (await dotenv).get(name);
    if (local && options.scope !== 'user') return local;
    const required = fallback === undefined && !local;
    const kept = await fromKeychain({ name, required, open: openKeychain, signal });
    if (typeof kept === 'string' && kept !== '') return kept;
    if (local) return local;
    if (fallback !== undefined) return fallback;
    throw missing(name, options, kept instanceof McpctlError ? kept : undefined);
  };

  const byScheme = async ({ scheme, path }: SchemeSegment, signal?: AbortSignal): Promise<string> => {
    if (scheme === 'keychain') return await keychainOnly(path, options, openKeychain, signal);
    const { readBackend } = await import('./backends.ts');
    return await readBackend({ ...options, scheme, path, signal });
  };

  const lookUp = (segment: NameSegment | SchemeSegment, signal?: AbortSignal): Promise<string> => {
    const key = JSON.stringify(segment);
    const known = found.get(key);
    if (known) return known;
    const value = segment.kind === 'name' ? byName(segment, signal) : byScheme(segment, signal);
    found.set(key, value);
    // A failure is not remembered: the next start may find the keychain unlocked.
    value.catch(() => found.delete(key));
    return value;
  };

  return {
    async resolve(values, signal) {
      const secrets = new Set<string>();
      const expand = async (value: string): Promise<string> => {
        let text = '';
        for (const segment of parseReferences(value)) {
          if (segment.kind === 'text') {
            text += segment.text;
            continue;
          }
          const resolved = await lookUp(segment, signal);
          text += resolved;
          if (isSecret(segment, resolved)) for (const part of secretParts(resolved)) secrets.add(part);
        }
        return text;
      };
      const entries: [string, string][] = [];
      // One after the other, so that the first missing name in the file is the one reported.
      for (const [key, value] of Object.entries(values)) entries.push([key, await expand(value)]);
      return { values: Object.fromEntries(entries), secrets: [...secrets] };
    },
  };
}

type NameSegment = Extract<Segment, { kind: 'name' }>;
type SchemeSegment = Extract<Segment, { kind: 'scheme' }>;

/** Variables of the system that are no secret; hiding them would garble every path in a log. */
const PUBLIC_NAMES = new Set(
  (
    'APPDATA HOME HOMEPATH HOSTNAME LANG LC_ALL LOCALAPPDATA LOGNAME NODE_ENV OLDPWD PATH PWD SHELL TEMP TERM TMP ' +
    'TMPDIR TZ USER USERNAME USERPROFILE XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_RUNTIME_DIR XDG_STATE_HOME'
  ).split(' '),
);

function isSecret(segment: NameSegment | SchemeSegment, value: string): boolean {
  return segment.kind === 'scheme' || (!PUBLIC_NAMES.has(segment.name) && value !== segment.fallback);
}

interface KeychainRequest {
  readonly name: string;
  /** False when a default stands by: then only a name known to be in the keychain is worth opening it. */
  readonly required: boolean;
  readonly open: () => Promise<SecretReader> | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The value, undefined when there is none, or why an unlisted name could not be looked for. */
async function fromKeychain(request: KeychainRequest): Promise<string | McpctlError | undefined> {
  const { name, required, open, signal } = request;
  const keychain = await open();
  if (!keychain) return undefined;
  const isListed = await keychain.isListed(name);
  if (!isListed && !required) return undefined;
  try {
    return await keychain.get(name, signal);
  } catch (error) {
    if (!isListed && error instanceof McpctlError && error.code === 'KEYCHAIN_UNAVAILABLE') return error;
    throw error;
  }
}

async function keychainOnly(
  name: string,
  options: ResolverOptions,
  open: () => Promise<SecretReader> | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const keychain = await open();
  if (!keychain) throw unopened(options, name);
  const value = await keychain.get(name, signal);
  if (value) return value;
  throw new McpctlError('SECRET_MISSING', `${needs(options)} ${name} from the keychain, where it is not.`, {
    hint: `mcpctl secret set ${name}`,
    data: dataOf(name, options),
  });
}

function unopened(options: ResolverOptions, name: string): McpctlError {
  return new McpctlError(
    'KEYCHAIN_UNAVAILABLE',
    `${needs(options)} ${name} from the keychain, which is not used here.`,
    {
      data: dataOf(name, options),
    },
  );
}

function missing(name: string, options: ResolverOptions, unavailable: McpctlError | undefined): McpctlError {
  const places = [
    'the environment',
    ...(options.projectFolder === undefined ? [] : ['.env']),
    'the keychain',
  ];
  const where = unavailable
    ? `it is not in ${places.slice(0, -1).join(' or ')}, and the keychain could not be asked: ${messageOf(unavailable)}`
    : `it is not in ${places.slice(0, -1).join(', ')} or ${places.at(-1)}.`;
  return new McpctlError('SECRET_MISSING', `${needs(options)} ${name}: ${where}`, {
    hint: unavailable
      ? `Set ${name} in the environment, or: mcpctl secret set ${name} --store env`
      : `mcpctl secret set ${name}`,
    cause: unavailable,
    data: dataOf(name, options),
  });
}

function needs({ server }: ResolverOptions): string {
  return server === undefined ? 'The configuration needs' : `The server ${server} needs`;
}

function dataOf(name: string, { server }: ResolverOptions): Record<string, unknown> {
  return { name, ...(server !== undefined && { server }) };
}
