import { createHash, randomBytes, scrypt } from 'node:crypto';
import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import type { KeyKind, KeySource } from './key-source.ts';
import { readPrivateFile } from './private-file.ts';
import { type Sealed, seal, unseal } from './seal.ts';

/** The key of all records, random, and kept sealed by what the user has. */
export interface DataKey {
  /** Written into every record, to tell a record of another store from a damaged one. */
  readonly id: string;
  readonly key: Uint8Array;
}

/** About 0.4 s and 128 MiB for each guess. */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1 } as const;
const LARGEST_N = 2 ** 20;

interface KeyFile extends Sealed {
  readonly version: 1;
  readonly id: string;
  readonly kind: KeyKind;
  readonly salt: string;
  readonly N: number;
}

/**
 * Opens the store's key; undefined when the store has none yet.
 * @throws CREDENTIAL_LOCKED when it does not open with what the source gives, CREDENTIAL_CORRUPT,
 * CREDENTIAL_FILE_UNSAFE.
 */
export async function readDataKey(path: string, source: KeySource): Promise<DataKey | undefined> {
  const text = await readPrivateFile(path);
  if (text === undefined) return undefined;
  const file = parse(path, text);
  const wrapping = await wrappingKey(file, await source.get(file.kind));
  const key = unseal(wrapping, contextOf(file), file);
  if (key) return { id: file.id, key };
  const what = file.kind === 'passphrase' ? 'passphrase' : 'key file';
  throw new McpctlError('CREDENTIAL_LOCKED', `The encrypted sign-ins do not open with this ${what}.`, {
    hint: `Give the ${what} they were stored with, or start over by removing ${path} and signing in again.`,
    data: { path },
  });
}

/** Makes the key of a new store. The caller holds the store's lock and has seen that there is none. */
export async function writeDataKey(
  path: string,
  chosen: { readonly kind: KeyKind; readonly secret: string },
): Promise<DataKey> {
  const id = randomBytes(8).toString('hex');
  const key = randomBytes(32);
  const head = {
    version: 1,
    id,
    kind: chosen.kind,
    salt: randomBytes(16).toString('base64'),
    N: SCRYPT.N,
  } as const;
  const sealed = seal(await wrappingKey(head, chosen.secret), contextOf(head), key);
  const file: KeyFile = { ...head, ...sealed };
  await writeFileAtomic(path, `${JSON.stringify({ ...file, check: checkOf(file) }, null, 2)}\n`, {
    exactMode: 0o600,
    expectedSha256: null,
  });
  return { id, key };
}

async function wrappingKey(
  { kind, salt, N }: Pick<KeyFile, 'kind' | 'salt' | 'N'>,
  secret: string,
): Promise<Uint8Array> {
  if (kind === 'key-file') return Buffer.from(secret, 'base64');
  const { r, p } = SCRYPT;
  return await new Promise((done, fail) => {
    const options = { N, r, p, maxmem: 2 * 128 * N * r };
    scrypt(secret.normalize('NFC'), Buffer.from(salt, 'base64'), 32, options, (error, key) =>
      error ? fail(error) : done(key),
    );
  });
}

function contextOf({ id, kind, salt, N }: Pick<KeyFile, 'id' | 'kind' | 'salt' | 'N'>): string {
  return `mcpctl|v1|key|${id}|${kind}|${salt}|${N}`;
}

/** Tells a damaged file from a wrong passphrase; anybody can compute it. */
function checkOf({ id, kind, salt, N, nonce, data }: KeyFile): string {
  return createHash('sha256')
    .update(JSON.stringify([id, kind, salt, N, nonce, data]))
    .digest('hex')
    .slice(0, 16);
}

function parse(path: string, text: string): KeyFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt(path);
  }
  if (!isRecord(value) || value.version !== 1) throw corrupt(path);
  const { id, kind, salt, N, nonce, data, check } = value;
  if (kind !== 'passphrase' && kind !== 'key-file') throw corrupt(path);
  if (typeof N !== 'number' || !Number.isInteger(Math.log2(N)) || N < SCRYPT.N || N > LARGEST_N)
    throw corrupt(path);
  const file = {
    version: 1,
    kind,
    N,
    id: String(id),
    salt: String(salt),
    nonce: String(nonce),
    data: String(data),
  } as const;
  if (check !== checkOf(file)) throw corrupt(path);
  return file;
}

function corrupt(path: string): McpctlError {
  return new McpctlError('CREDENTIAL_CORRUPT', `${path}, which opens the encrypted sign-ins, is damaged.`, {
    hint: `Restore it from a backup, or remove it and sign in again: rm ${path}`,
    data: { path, reason: `${path}, which opens the encrypted store, is damaged` },
  });
}
