import { join } from 'node:path';
import { createRotatingFile } from '../logs/rotating-file.ts';
import { serverLine } from '../logs/server-line.ts';

export interface LogFileOptions {
  /** Folder, made with mode 0700 when missing. */
  readonly folder: string;
  /** Name of the server. */
  readonly server: string;
  readonly now: () => Date;
}

export interface LogFile {
  /** Keeps a line until the next flush. */
  write(line: string, source: string): void;
  flush(): void;
}

/** `<server>.log`, shared by every process that runs the server. */
export function createLogFile({ folder, server, now }: LogFileOptions): LogFile {
  const file = createRotatingFile(join(folder, `${server}.log`));
  return {
    write: (text, source) => file.write(serverLine({ at: now().getTime(), pid: process.pid, source, text })),
    flush: file.flush,
  };
}
