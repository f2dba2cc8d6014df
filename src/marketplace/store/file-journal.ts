import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError, McpctlError, messageOf } from '../../core/errors.ts';
import { syncFolder } from '../../platform/sync-folder.ts';
import type { RegistryEvent } from '../events.ts';
import type { Journal } from './store.ts';

export interface FileJournalOptions {
  readonly path: string;
  /** True to read what another process may be writing; nothing is mended and nothing made. */
  readonly isReadOnly?: boolean;
}

/**
 * One line of JSON an event, each on the disk before it counts. A last line that was cut when its writer was killed
 * was never promised to anybody and is dropped. For one process: who serves holds a lock.
 * @throws REGISTRY_DATA_BROKEN for a line that is no event; FILE_UNWRITABLE.
 */
export async function openFileJournal({ path, isReadOnly = false }: FileJournalOptions): Promise<Journal> {
  const { unread, size } = await readJournal(path, isReadOnly);
  const handle = isReadOnly ? undefined : await openForAppending(path, size);
  let fresh = unread;
  let end = size;
  let turn: Promise<void> = Promise.resolve();

  const hand = (apply: (event: RegistryEvent) => void): void => {
    for (const event of fresh) apply(event);
    fresh = [];
  };
  const write = async (event: RegistryEvent): Promise<void> => {
    if (!handle) throw new McpctlError('INTERNAL', 'A journal that is only read was written.');
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    try {
      await writeAll(handle, line);
      await handle.datasync();
    } catch (error) {
      // What half of a line was written must not stand before the next one.
      await handle.truncate(end).catch(() => {});
      throw unwritable(path, error);
    }
    end += line.length;
  };
  return {
    async read(apply) {
      hand(apply);
    },
    async append(apply, decide) {
      const mine = turn.then(async () => {
        hand(apply);
        const event = decide();
        if (!event) return;
        await write(event);
        apply(event);
      });
      turn = mine.catch(() => {});
      await mine;
    },
    async close() {
      await turn;
      await handle?.close();
    },
  };
}

async function openForAppending(path: string, size: number): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const handle = await open(path, 'a', 0o600);
    if ((await handle.stat()).size > size) {
      await handle.truncate(size);
      await handle.sync();
    }
    await syncFolder(dirname(path));
    return handle;
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, written);
    if (bytesWritten === 0) throw new Error('the system wrote nothing');
    written += bytesWritten;
  }
}

/** Every whole line, and how many bytes those are. */
async function readJournal(
  path: string,
  mayLack: boolean,
): Promise<{ unread: RegistryEvent[]; size: number }> {
  const bytes = await readBytes(path, mayLack);
  const unread: RegistryEvent[] = [];
  let size = 0;
  for (let line = 1; size < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, size);
    if (end === -1) break;
    const event = eventIn(bytes.toString('utf8', size, end));
    if (!event) {
      // A loss of power may leave a last line of zeros.
      if (bytes.indexOf(0x0a, end + 1) === -1) break;
      throw new McpctlError('REGISTRY_DATA_BROKEN', `Line ${line} of ${path} is not what mcpctl wrote.`, {
        hint: `Put the file back from a backup; it was not changed: ${path}`,
        data: { path, line },
      });
    }
    unread.push(event);
    size = end + 1;
  }
  return { unread, size };
}

async function readBytes(path: string, mustBe: boolean): Promise<Buffer> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (isSystemError(error, 'ENOENT') && !mustBe) return Buffer.alloc(0);
    throw new McpctlError(
      'FILE_UNREADABLE',
      `There is no registry at ${dirname(path)}: ${messageOf(error)}.`,
      {
        hint: 'Name the folder that mcpctl registry serve uses: --data <folder>',
        cause: error,
      },
    );
  }
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

const KINDS = new Set(['published', 'status', 'owners', 'rated', 'installed']);

function eventIn(text: string): RegistryEvent | undefined {
  try {
    const value = JSON.parse(text) as RegistryEvent;
    return KINDS.has(value.kind) && typeof value.at === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function unwritable(path: string, error: unknown): McpctlError {
  if (error instanceof McpctlError) return error;
  return new McpctlError('FILE_UNWRITABLE', `Could not write ${path}: ${messageOf(error)}.`, {
    hint: `Check who may write there and whether the disk is full: ls -ld ${dirname(path)}; df -h`,
    cause: error,
    data: { path },
  });
}
