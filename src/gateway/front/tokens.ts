import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readPrivateFile } from '../../auth/store/private-file.ts';
import { isSystemError, McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import type { Paths } from '../../platform/paths.ts';

/** A bearer token of the gateway or a registry; the token itself is kept nowhere. */
export interface GatewayToken {
  /** The principal whoever shows it is. */
  readonly name: string;
  readonly createdAt: string;
  /** The day it was last shown (UTC). */
  readonly lastUsed?: string;
  /** Of a registry: what it may publish, as patterns such as `io.acme/*`. */
  readonly namespaces?: readonly string[];
  /** Of a gateway: the profile whoever shows it has; any when absent. */
  readonly profile?: string;
}

export interface StoredToken extends GatewayToken {
  /** SHA-256 of the token, in hex. */
  readonly sha256: string;
}

export interface TokenPlace extends Pick<Paths, 'state' | 'locks'> {
  /** What the tokens open; the gateway when absent. `state` is the folder that keeps them. */
  readonly opens?: 'gateway' | 'registry';
}

export function tokenFile({ state, opens = 'gateway' }: TokenPlace): string {
  return join(state, `${opens}-tokens.json`);
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** The principal of those who need no token. */
const NOBODYS = 'local';

/** Makes a token; what is returned is shown once. @throws USAGE for a name that is taken or will not do. */
export async function createToken(
  place: TokenPlace,
  name: string,
  now: Date,
  grants: Pick<GatewayToken, 'namespaces' | 'profile'> = {},
): Promise<string> {
  if (!NAME.test(name) || name === NOBODYS) {
    throw new McpctlError('USAGE', `A token cannot be called ${JSON.stringify(name)}.`, {
      hint: 'Use up to 64 letters, digits, dots, hyphens and underscores, as in --name laptop.',
    });
  }
  const token = `mcpctl_${randomBytes(32).toString('base64url')}`;
  await changeTokens(place, (tokens) => {
    if (tokens.some((each) => each.name === name)) {
      throw new McpctlError('USAGE', `There is a token called ${name} already.`, {
        hint: `Choose another --name, or first: ${commandOf(place)} --revoke ${name}`,
      });
    }
    const sha256 = digestOf(token).toString('hex');
    return [...tokens, { name, sha256, createdAt: now.toISOString(), ...grants }];
  });
  return token;
}

/** @throws USAGE when there is none of that name. */
export async function revokeToken(place: TokenPlace, name: string): Promise<void> {
  await changeTokens(place, (tokens) => {
    const rest = tokens.filter((each) => each.name !== name);
    if (rest.length < tokens.length) return rest;
    throw new McpctlError('USAGE', `There is no token called ${JSON.stringify(name)}.`, {
      hint: `${commandOf(place)} --list`,
    });
  });
}

/** Notes the day a token was shown. */
export async function markUsed(place: TokenPlace, name: string, day: string): Promise<void> {
  await changeTokens(place, (tokens) =>
    tokens.map((each) => (each.name === name ? { ...each, lastUsed: day } : each)),
  );
}

/** @throws CREDENTIAL_FILE_UNSAFE when others could read the file, CREDENTIAL_CORRUPT when it is no list of tokens. */
export async function readTokens(place: TokenPlace): Promise<StoredToken[]> {
  const path = tokenFile(place);
  const text = await readPrivateFile(path);
  if (text === undefined) return [];
  try {
    const { tokens } = JSON.parse(text) as { tokens: unknown[] };
    if (tokens.every(isToken)) return tokens;
  } catch {}
  throw new McpctlError('CREDENTIAL_CORRUPT', `${path} is not what mcpctl wrote, so no token counts.`, {
    hint: `Remove it and make new tokens: rm ${path}; ${commandOf(place)}`,
    data: { path },
  });
}

/** When the file last changed, as a text to compare. */
export async function stateOfTokens(place: TokenPlace): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(tokenFile(place));
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return '';
    throw error;
  }
}

/** Whose token it is. Each is compared in the same time, whatever it has in common with the right one. */
export function ownerOf(tokens: readonly StoredToken[], token: string): StoredToken | undefined {
  const digest = digestOf(token);
  let owner: StoredToken | undefined;
  for (const each of tokens) if (timingSafeEqual(digest, Buffer.from(each.sha256, 'hex'))) owner = each;
  return owner;
}

function commandOf({ opens = 'gateway' }: TokenPlace): string {
  return `mcpctl ${opens} token`;
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

async function changeTokens(
  place: TokenPlace,
  change: (tokens: readonly StoredToken[]) => StoredToken[],
): Promise<void> {
  const path = tokenFile(place);
  await withFileLock({ folder: place.locks, name: path }, async () => {
    const tokens = change(await readTokens(place));
    await writeFileAtomic(path, `${JSON.stringify({ version: 1, tokens }, null, 2)}\n`, { exactMode: 0o600 });
  });
}

function isToken(value: unknown): value is StoredToken {
  return (
    isRecord(value) &&
    typeof value.name === 'string' &&
    typeof value.createdAt === 'string' &&
    (value.profile === undefined || typeof value.profile === 'string') &&
    typeof value.sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(value.sha256)
  );
}
