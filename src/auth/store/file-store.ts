import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { credentialCorrupt } from './corrupt.ts';
import { type DataKey, readDataKey, writeDataKey } from './file-key.ts';
import type { KeySource } from './key-source.ts';
import { readPrivateFile, refuseUnsafeFolder } from './private-file.ts';
import { type Sealed, seal, unseal } from './seal.ts';
import type { CredentialStore } from './store.ts';

/** A busy disk takes seconds for each of several writers, and a rotated token that is not saved is lost. */
const LOCK_TIMEOUT_MS = 60_000;

export interface FileStoreOptions {
  /** Made with mode 0700 when missing; holds `key.json` and one file a record. */
  readonly folder: string;
  readonly locks: string;
  readonly source: KeySource;
}

/**
 * Records in files, each sealed with AES-256-GCM under one random key and bound to its id and generation.
 * @throws CREDENTIAL_FILE_UNSAFE, CREDENTIAL_LOCKED, CREDENTIAL_CORRUPT, FILE_UNWRITABLE.
 */
export function createFileStore({ folder, locks, source }: FileStoreOptions): CredentialStore {
  const keyPath = join(folder, 'key.json');
  let unlocked: Promise<DataKey | undefined> | undefined;

  /** Opened once a process: a passphrase costs 0.4 s, and a person is asked once. */
  const key = async (): Promise<DataKey | undefined> => {
    await refuseUnsafeFolder(folder);
    unlocked ??= readDataKey(keyPath, source);
    const opened = await unlocked.catch(forget);
    if (!opened) forget();
    return opened;
  };
  const forget = (error?: unknown): undefined => {
    unlocked = undefined;
    if (error !== undefined) throw error;
    return undefined;
  };

  const locked = async <T>(body: () => Promise<T>, signal?: AbortSignal): Promise<T> =>
    await withFileLock(
      { folder: locks, name: folder, timeoutMs: LOCK_TIMEOUT_MS, ...(signal && { signal }) },
      body,
    );

  const keyForWriting = async (): Promise<DataKey> => {
    const known = await key();
    if (known) return known;
    // Chosen before the lock is taken: a person may have to be asked.
    const chosen = await source.choose();
    return await locked(async () => {
      const made = (await key()) ?? (await writeDataKey(keyPath, chosen));
      unlocked = Promise.resolve(made);
      return made;
    });
  };

  const read = async (id: string): Promise<string | undefined> => {
    await refuseUnsafeFolder(folder);
    const text = await readPrivateFile(pathOf(folder, id));
    if (text === undefined) return undefined;
    const record = parse(id, text);
    const opened = await key();
    if (opened?.id !== record.key) throw otherKey(keyPath);
    const plain = unseal(opened.key, contextOf(id, record.generation), record);
    if (!plain) throw credentialCorrupt(id, 'its file was changed or belongs to another sign-in');
    return plain.toString('utf8');
  };

  const write = async (id: string, value: string, signal?: AbortSignal): Promise<void> => {
    const path = pathOf(folder, id);
    const dataKey = await keyForWriting();
    await locked(async () => {
      const generation = (await generationIn(path)) + 1;
      const sealed = seal(dataKey.key, contextOf(id, generation), Buffer.from(value));
      const record: FileRecord = { version: 1, key: dataKey.id, generation, ...sealed };
      await writeFileAtomic(path, `${JSON.stringify(record)}\n`, { exactMode: 0o600 });
    }, signal);
  };

  const remove = async (id: string, signal?: AbortSignal): Promise<boolean> =>
    await locked(async () => {
      try {
        await rm(pathOf(folder, id));
        return true;
      } catch (error) {
        if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return false;
        throw error;
      }
    }, signal);

  return {
    name: 'file',
    async check(signal) {
      const id = randomBytes(16).toString('hex');
      await write(id, id, signal);
      const answer = await read(id);
      await remove(id, signal);
      if (answer !== id) throw credentialCorrupt(id, 'a test value did not come back');
    },
    read,
    ids: async () => await idsIn(folder),
    write,
    delete: remove,
  };
}

interface FileRecord extends Sealed {
  readonly version: 1;
  /** Id of the key it is sealed with. */
  readonly key: string;
  readonly generation: number;
}

function pathOf(folder: string, id: string): string {
  if (!/^[0-9a-f]{32}$/.test(id)) throw credentialCorrupt(id, 'its id is none of mcpctl');
  return join(folder, `${id}.json`);
}

async function idsIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.flatMap((name) => /^([0-9a-f]{32})\.json$/.exec(name)?.[1] ?? []);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

function contextOf(id: string, generation: number): string {
  return `mcpctl|v1|${id}|${generation}`;
}

/** Zero for a new record, and for one that cannot be read any more and is replaced. */
async function generationIn(path: string): Promise<number> {
  const text = await readPrivateFile(path);
  return (text === undefined ? undefined : understand(text)?.generation) ?? 0;
}

function parse(id: string, text: string): FileRecord {
  const record = understand(text);
  if (!record) throw credentialCorrupt(id, 'its file is not what mcpctl wrote');
  return record;
}

function understand(text: string): FileRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value.version !== 1) return undefined;
  const { key, generation, nonce, data } = value;
  if (typeof key !== 'string' || !Number.isSafeInteger(generation)) return undefined;
  if (typeof nonce !== 'string' || typeof data !== 'string') return undefined;
  return { version: 1, key, generation: Number(generation), nonce, data };
}

function otherKey(keyPath: string): McpctlError {
  return new McpctlError(
    'CREDENTIAL_LOCKED',
    'This sign-in was encrypted with a key that is not here any more.',
    {
      hint: `Restore ${keyPath} from the same backup, or sign in again.`,
      data: { path: keyPath },
    },
  );
}
