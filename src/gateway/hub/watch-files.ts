import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface FileWatch {
  /** Watches these from now on. */
  follow(files: readonly string[]): void;
  close(): void;
}

export interface FileWatchOptions {
  /** Called after a file was changed, made or removed; never twice at the same time. */
  changed(): Promise<void>;
  readonly gatherMs?: number;
  /** For file systems that tell nothing. */
  readonly pollMs?: number;
}

/**
 * Tells when one of some files is another one. Folders are watched, because files are replaced by renaming; and the
 * files are looked at from time to time, because not every file system tells, and a folder may not be there yet.
 */
export function watchFiles({ changed, gatherMs = 100, pollMs = 2000 }: FileWatchOptions): FileWatch {
  let files: readonly string[] = [];
  let folders = new Map<string, FSWatcher>();
  let seen: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let isClosed = false;

  const look = async (): Promise<void> => {
    const state = await stateOf(files);
    if (isClosed || state === seen) return;
    const isFirst = seen === undefined;
    seen = state;
    watchFolders();
    if (!isFirst) await changed();
  };
  const lookSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      looking = (looking ?? Promise.resolve()).then(look);
    }, gatherMs).unref();
  };
  const watchFolders = (): void => {
    const wanted = new Set(files.map((file) => dirname(file)));
    const kept = new Map<string, FSWatcher>();
    for (const [folder, watcher] of folders) {
      if (wanted.has(folder)) kept.set(folder, watcher);
      else watcher.close();
    }
    folders = kept;
    for (const folder of wanted) if (!folders.has(folder)) watchFolder(folder);
  };
  const watchFolder = (folder: string): void => {
    try {
      const watcher = watch(folder, { persistent: false }, lookSoon);
      watcher.on('error', () => {
        watcher.close();
        folders.delete(folder);
      });
      folders.set(folder, watcher);
    } catch {
      // It is not there, or the system has no watches left: then there is the poll.
    }
  };
  const poll = setInterval(lookSoon, pollMs).unref();

  return {
    follow(next) {
      if (next.join('\n') === files.join('\n')) return;
      files = next;
      seen = undefined;
      watchFolders();
      looking = (looking ?? Promise.resolve()).then(look);
    },
    close() {
      isClosed = true;
      clearInterval(poll);
      clearTimeout(timer);
      for (const watcher of folders.values()) watcher.close();
    },
  };
}

async function stateOf(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map(async (file) => {
      const found = await stat(file).catch(() => undefined);
      return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : '-';
    }),
  );
  return states.join('\n');
}
