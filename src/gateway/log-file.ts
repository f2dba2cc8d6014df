import { appendFileSync, chmodSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface LogFileOptions {
  /** Folder, made with mode 0700 when missing. */
  readonly folder: string;
  /** Name of the server. */
  readonly server: string;
  readonly now: () => Date;
  /** Size at which the file is set aside, in bytes; 5 MiB by default. */
  readonly maxBytes?: number;
}

export interface LogFile {
  readonly path: string;
  /** Keeps a line until the next flush. */
  write(line: string, source: string): void;
  flush(): void;
}

const KEPT_FILES = 3;
const FLUSH_MS = 200;

/**
 * `<server>.log`, shared by every process that runs the server: opened for each flush, so that one process may set
 * the file aside (`.1` to `.3`) while others write. A log that cannot be written never stops the server.
 */
export function createLogFile({ folder, server, now, maxBytes = 5 * 1024 * 1024 }: LogFileOptions): LogFile {
  const path = join(folder, `${server}.log`);
  let lines: string[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isReady = false;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length === 0) return;
    const text = lines.join('');
    lines = [];
    try {
      if (!isReady) mkdirSync(folder, { recursive: true, mode: 0o700 });
      isReady = true;
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) setAside(path);
      appendFileSync(path, text, { mode: 0o600 });
      chmodSync(path, 0o600);
    } catch {
      // A full disk or a read-only home: the lines are on stderr as well.
    }
  };
  return {
    path,
    write(line, source) {
      lines.push(`${now().toISOString()} ${process.pid} ${source} ${line}\n`);
      timer ??= setTimeout(flush, FLUSH_MS);
      timer.unref();
    },
    flush,
  };
}

function setAside(path: string): void {
  for (let number = KEPT_FILES - 1; number >= 1; number -= 1) {
    if (statSync(`${path}.${number}`, { throwIfNoEntry: false }))
      renameSync(`${path}.${number}`, `${path}.${number + 1}`);
  }
  renameSync(path, `${path}.1`);
}
