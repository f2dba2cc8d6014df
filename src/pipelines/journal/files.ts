import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../../core/errors.ts';
import { someRandomBytes } from '../../core/random-bytes.ts';
import type { Paths } from '../../platform/paths.ts';
import { type JournalLine, journalLine } from './line.ts';

const FILE = /^(\d{8}-\d{6}-[0-9a-f]{6})\.jsonl$/;

/** Where the journals of runs are. */
export function journalFolder({ state }: Pick<Paths, 'state'>): string {
  return join(state, 'chains');
}

export function journalPath(folder: string, run: string): string {
  return join(folder, `${run}.jsonl`);
}

/** A name that sorts by time. */
export function newRunName(now: Date): string {
  const time = now.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${someRandomBytes(3).toString('hex')}`;
}

/** The folder, its user's alone. */
export async function makeJournalFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // It may have been there before, made by something else.
  if (process.platform !== 'win32') await chmod(folder, 0o700);
}

/** Names of all runs, the oldest first. */
export async function listRuns(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  return names.flatMap((name) => FILE.exec(name)?.[1] ?? []).sort();
}

/**
 * The lines of a journal. One that a killed process left unfinished is not among them.
 * @throws PIPELINE_RUN_UNKNOWN, PIPELINE_JOURNAL_BROKEN.
 */
export async function readLines(folder: string, run: string): Promise<JournalLine[]> {
  const path = journalPath(folder, run);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) throw unknownRun(run);
    throw error;
  });
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    if (line === '') return [];
    const parsed = journalLine.safeParse(parse(line));
    if (parsed.success) return [parsed.data];
    // A torn line is followed by nothing, or by what a later process wrote.
    if (parse(line) === undefined) return [];
    throw new McpctlError('PIPELINE_JOURNAL_BROKEN', `${path}:${index + 1} is no line of a journal.`, {
      hint: `Look what the run did, mcpctl audit query, and begin a new one. To remove it: mcpctl chain prune ${run}`,
      data: { run, path },
    });
  });
}

export function unknownRun(run: string): McpctlError {
  return new McpctlError('PIPELINE_RUN_UNKNOWN', `There is no run ${JSON.stringify(run)}.`, {
    hint: 'mcpctl chain list',
    data: { run },
  });
}

export async function removeRun(folder: string, run: string): Promise<void> {
  await rm(journalPath(folder, run), { force: true });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
