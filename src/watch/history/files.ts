import { appendFileSync, closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { chmod, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { type HistoryLine, parseLine, printLine } from './line.ts';

const DAY_MS = 86_400_000;
const FILE = /^(\d{4}-\d{2}-\d{2})\.jsonl$/;

/** A file for each day (UTC) in a folder its user alone can read. */
export interface HistoryFiles {
  /** Appends a line; a torn one before it stays alone. @throws the system's error. */
  append(line: HistoryLine): void;
  /** Every line from that time on, in the order they were written; those of the day it falls into too. */
  read(since: number): Promise<HistoryLine[]>;
  /** Removes days that ended before that time; returns how many. */
  prune(before: number): Promise<number>;
}

export function createHistoryFiles(folder: string): HistoryFiles {
  const days = async (): Promise<string[]> => {
    const names = await readdir(folder).catch((error: unknown) => {
      if (isSystemError(error, 'ENOENT')) return [];
      throw error;
    });
    return names.filter((name) => FILE.test(name)).sort();
  };
  return {
    append(line) {
      const path = join(folder, `${dayOf(line.at)}.jsonl`);
      appendFileSync(path, `${isTorn(path) ? '\n' : ''}${printLine(line)}`, { mode: 0o600 });
    },
    async read(since) {
      const first = `${dayOf(since)}.jsonl`;
      return (await days())
        .filter((name) => name >= first)
        .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
        .flatMap((text) => parseLine(text) ?? []);
    },
    async prune(before) {
      const old = (await days()).filter((name) => name < `${dayOf(before)}.jsonl`);
      for (const name of old) await rm(join(folder, name), { force: true });
      return old.length;
    },
  };
}

export async function makeHistoryFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // It may have been there before, made by something else.
  if (process.platform !== 'win32') await chmod(folder, 0o700);
}

export function dayOf(at: number): string {
  return new Date(Math.floor(at / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}

/** True when whoever wrote last was stopped in the middle of a line. */
function isTorn(path: string): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return false;
  const file = openSync(path, 'r');
  try {
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, size - 1);
    return last.toString() !== '\n';
  } finally {
    closeSync(file);
  }
}
