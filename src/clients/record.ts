import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { readTextFile } from '../documents/read.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import { withFileLock } from '../platform/file-lock.ts';
import type { Paths } from '../platform/paths.ts';

/** How a server was written: through `mcpctl run`, or as the program itself. */
export type SyncMode = 'managed' | 'direct';

export interface WrittenEntry {
  /** `fingerprint` of the entry. */
  readonly entry: string;
  /** `launchFingerprint` of the entry. */
  readonly launch: string;
}

export interface FileRecord {
  readonly mode: SyncMode;
  readonly servers: Readonly<Record<string, WrittenEntry>>;
}

/** What mcpctl wrote into clients' files, by path. Holds digests only, no value of any entry. */
export type SyncRecord = Readonly<Record<string, FileRecord>>;

const FILE_NAME = 'clients.json';

/** The record; empty when there is none. An unreadable one throws CLIENT_RECORD_BROKEN. */
export async function readRecord(
  { state }: Pick<Paths, 'state'>,
  join: (...parts: string[]) => string,
): Promise<SyncRecord> {
  const path = join(state, FILE_NAME);
  const { text } = await readTextFile(path);
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || value.version !== 1 || !isRecord(value.files))
      throw new TypeError('another form');
    return Object.fromEntries(Object.entries(value.files).filter(isFileRecord));
  } catch (error) {
    throw new McpctlError('CLIENT_RECORD_BROKEN', `The record of synced entries cannot be read: ${path}`, {
      hint: `Delete it and sync again; entries that run mcpctl are recognised without it: rm ${path}`,
      cause: error,
    });
  }
}

/** Changes the record under a lock and returns the new one. */
export async function updateRecord(
  paths: Pick<Paths, 'state' | 'locks'>,
  join: (...parts: string[]) => string,
  change: (record: SyncRecord) => SyncRecord,
): Promise<SyncRecord> {
  return await withFileLock({ folder: paths.locks, name: 'clients' }, async () => {
    const next = change(await readRecord(paths, join));
    await writeFileAtomic(
      join(paths.state, FILE_NAME),
      `${JSON.stringify({ version: 1, files: next }, null, 2)}\n`,
    );
    return next;
  });
}

function isFileRecord(item: [string, unknown]): item is [string, FileRecord] {
  const [, value] = item;
  return (
    isRecord(value) &&
    (value.mode === 'managed' || value.mode === 'direct') &&
    isRecord(value.servers) &&
    Object.values(value.servers).every(
      (written) =>
        isRecord(written) && typeof written.entry === 'string' && typeof written.launch === 'string',
    )
  );
}
