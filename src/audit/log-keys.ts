import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import { withFileLock } from '../platform/file-lock.ts';
import type { Keychain } from '../secrets/keychain.ts';
import type { AuditPlace } from './log-files.ts';

/** Where the log's master key is kept; `none` keeps no personal fields at all. */
export type KeyStore = 'keychain' | 'file' | 'none';

/** What is derived from the master key of a log, each for one purpose. */
export interface LogKeys {
  /** HMAC of a text, hexadecimal: for heads and checkpoints. */
  mac(text: string): string;
  /** Name of the file that holds a subject's key; nobody without the master key finds it. */
  fileOf(subject: string): string;
  /** Wraps the keys of subjects. */
  readonly wrapping: Buffer;
}

export interface KeyOptions {
  readonly place: AuditPlace;
  readonly store: KeyStore;
  /** The part of the keychain that holds keys of logs. */
  keychain(): Promise<Pick<Keychain, 'get' | 'set'>>;
  /** False: never make a key. */
  readonly mayCreate: boolean;
  readonly platform: NodeJS.Platform;
  readonly signal?: AbortSignal;
}

/**
 * The keys of the log, made at the first use; undefined when there are none and none may be made.
 * @throws KEYCHAIN_UNAVAILABLE, SECRET_FILE_UNSAFE, SECRET_CORRUPT.
 */
export async function openLogKeys(options: KeyOptions): Promise<LogKeys | undefined> {
  const { place, store, mayCreate } = options;
  if (store === 'none') return undefined;
  const keeper = store === 'file' ? fileKeeper(options) : await keychainKeeper(options);
  const known = await keeper.read();
  if (known !== undefined) return derive(known);
  if (!mayCreate) return undefined;
  const lock = { folder: place.locks, name: `audit-key${place.suffix}` };
  return await withFileLock(lock, async () => {
    // Another process may have made one meanwhile.
    const other = await keeper.read();
    if (other !== undefined) return derive(other);
    const fresh = randomBytes(KEY_BYTES);
    await keeper.write(fresh.toString('base64'));
    return derive(fresh);
  });
}

const KEY_BYTES = 32;

interface Keeper {
  read(): Promise<Buffer | undefined>;
  write(text: string): Promise<void>;
}

function fileKeeper({ place, platform }: KeyOptions): Keeper {
  const path = join(place.folder, 'keys', 'master.key');
  return {
    async read() {
      try {
        const { mode } = await stat(path);
        if (platform !== 'win32' && (mode & 0o077) !== 0) {
          throw new McpctlError('SECRET_FILE_UNSAFE', `${path} can be read by other users.`, {
            hint: `chmod 600 ${path}`,
            data: { path },
          });
        }
        return decode(await readFile(path, 'utf8'), path);
      } catch (error) {
        if (isSystemError(error, 'ENOENT')) return undefined;
        throw error;
      }
    },
    write: async (text) => await writeFileAtomic(path, `${text}\n`, { exactMode: 0o600 }),
  };
}

async function keychainKeeper({ place, keychain, signal }: KeyOptions): Promise<Keeper> {
  const name = `log${place.suffix}`;
  const opened = await keychain();
  return {
    async read() {
      const text = await opened.get(name, signal);
      return text === undefined ? undefined : decode(text, `the keychain item ${name}`);
    },
    write: async (text) => await opened.set(name, text, signal),
  };
}

function decode(text: string, where: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new McpctlError('SECRET_CORRUPT', `The key of the audit log in ${where} is damaged.`, {
    hint: 'Restore it from a backup. Without it personal fields cannot be read, and heads cannot be checked.',
  });
}

function derive(master: Buffer): LogKeys {
  const part = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', master, '', `mcpctl audit ${purpose}`, KEY_BYTES));
  const [heads, names, wrapping] = [part('heads'), part('names'), part('wrapping')];
  const hmac = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('hex');
  return {
    mac: (text) => hmac(heads, text),
    fileOf: (subject) => hmac(names, subject).slice(0, 32),
    wrapping,
  };
}
