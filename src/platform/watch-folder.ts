import { relative, sep } from 'node:path';
import { McpctlError, messageOf } from '../core/errors.ts';

export interface WatchOptions {
  /** Absolute. */
  readonly folder: string;
  /** True for what is not looked at, folders with all they hold; the path is relative, with forward slashes. */
  ignores(path: string): boolean;
  /** Gets the relative paths that changed, once nothing changed any more for `settleMs`. */
  changed(paths: readonly string[]): void;
  /** Gets why changes can no longer be noticed, e.g. because the system watches no more files. */
  failed(reason: McpctlError): void;
  readonly settleMs: number;
}

export interface FolderWatch {
  close(): Promise<void>;
}

/** Notices changes of files in a folder; settles once it does. What was there before is no change. */
export async function watchFolder(options: WatchOptions): Promise<FolderWatch> {
  const { folder, ignores, changed, failed, settleMs } = options;
  const { watch } = await import('chokidar');
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const pathOf = (absolute: string): string => relative(folder, absolute).split(sep).join('/');
  const watcher = watch(folder, {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path) => path !== folder && ignores(pathOf(path)),
  });
  watcher.on('all', (_event, path) => {
    pending.add(pathOf(path));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const paths = [...pending].sort();
      pending.clear();
      changed(paths);
    }, settleMs);
  });
  watcher.on('error', (error) =>
    failed(
      new McpctlError('FILE_UNREADABLE', `Changes in ${folder} cannot be noticed: ${messageOf(error)}.`, {
        hint: 'Start it again where fewer files are watched.',
        cause: error,
      }),
    ),
  );
  await new Promise<void>((resolve) => watcher.once('ready', resolve));
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
