import { appendFileSync, chmodSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RotatingFile {
  readonly path: string;
  /** Keeps a line, with its line break, until the next flush. */
  write(line: string): void;
  flush(): void;
}

/** How many are kept of those that were set aside: `.1`, the newest, to `.3`. */
export const KEPT_FILES = 3;
const FLUSH_MS = 200;

/**
 * A file that several processes may append to: opened for each flush, so that one process may set it aside (`.1` to
 * `.3`) while others write. Its folder is made with mode 0700 when missing. What cannot be written is lost: a log
 * never stops anything.
 */
export function createRotatingFile(path: string, maxBytes = 5 * 1024 * 1024): RotatingFile {
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
      if (!isReady) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
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
    write(line) {
      lines.push(line);
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
