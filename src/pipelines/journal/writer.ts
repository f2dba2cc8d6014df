import { type FileHandle, open } from 'node:fs/promises';
import { McpctlError, messageOf } from '../../core/errors.ts';
import { syncFolder } from '../../platform/sync-folder.ts';
import { journalPath, makeJournalFolder } from './files.ts';
import type { JournalLine } from './line.ts';

/** Appends to the journal of one run. */
export interface JournalWriter {
  /** Settles when the line is on the disk. @throws PIPELINE_JOURNAL_UNWRITABLE; the run may not go on then. */
  append(line: JournalLine): Promise<void>;
  close(): Promise<void>;
}

/** @throws PIPELINE_JOURNAL_UNWRITABLE */
export async function openJournal(folder: string, run: string): Promise<JournalWriter> {
  const path = journalPath(folder, run);
  const unwritable = (error: unknown): never => {
    throw new McpctlError('PIPELINE_JOURNAL_UNWRITABLE', `Could not write ${path}: ${messageOf(error)}.`, {
      hint: `Make room on the disk. Then: mcpctl chain resume ${run}`,
      cause: error,
      data: { run, path },
    });
  };
  let handle: FileHandle;
  try {
    await makeJournalFolder(folder);
    handle = await open(path, 'a+', 0o600);
    await syncFolder(folder);
    // What a killed process left without an end must not take the next line with it.
    if (await isTorn(handle)) await handle.appendFile('\n');
  } catch (error) {
    return unwritable(error);
  }
  let last: Promise<void> = Promise.resolve();
  const write = async (line: JournalLine): Promise<void> => {
    await handle.appendFile(`${JSON.stringify(line)}\n`);
    await handle.datasync();
  };
  return {
    append(line) {
      // Steps that run at once take turns.
      const turn = last.then(() => write(line)).catch(unwritable);
      last = turn.catch(() => {});
      return turn;
    },
    async close() {
      await last;
      await handle.close();
    },
  };
}

async function isTorn(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return false;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== '\n';
}
