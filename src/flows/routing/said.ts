import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import type { Paths } from '../../platform/paths.ts';
import { likeness, type Said } from '../../routing/said.ts';

/** Of one tool; the oldest goes first. */
const MOST_PER_TOOL = 20;
const LONGEST_TASK = 300;

/** The user's confirmations and corrections, oldest first. A file that cannot be read says nothing. */
export async function readSaid(paths: Pick<Paths, 'state'>): Promise<Said[]> {
  try {
    const value: unknown = JSON.parse(await readFile(fileOf(paths), 'utf8'));
    return isRecord(value) && Array.isArray(value.said) ? value.said.filter(isSaid) : [];
  } catch {
    return [];
  }
}

/** Keeps one more. What was said of the same tool and request before is replaced. */
export async function keepSaid(said: Said, paths: Pick<Paths, 'state' | 'locks'>): Promise<Said> {
  const kept = { ...said, task: withoutPersonal(said.task) };
  await withFileLock({ folder: paths.locks, name: 'routing-said' }, async () => {
    const others = (await readSaid(paths)).filter((each) => !isSame(each, kept));
    const ofTool = others.filter((each) => each.server === kept.server && each.tool === kept.tool);
    const tooMany = new Set(ofTool.slice(0, Math.max(0, ofTool.length - MOST_PER_TOOL + 1)));
    const all = [...others.filter((each) => !tooMany.has(each)), kept];
    await writeFileAtomic(fileOf(paths), `${JSON.stringify({ version: 1, said: all }, null, 2)}\n`);
  });
  return kept;
}

/** Removes all of it; returns how many there were. */
export async function forgetSaid(paths: Pick<Paths, 'state'>): Promise<number> {
  const { length } = await readSaid(paths);
  await rm(fileOf(paths), { force: true }).catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT')) throw error;
  });
  return length;
}

function fileOf({ state }: Pick<Paths, 'state'>): string {
  return join(state, 'routing-said.json');
}

function isSame(one: Said, other: Said): boolean {
  return one.server === other.server && one.tool === other.tool && likeness(one.task, other.task) === 1;
}

function isSaid(value: unknown): value is Said {
  return (
    isRecord(value) &&
    typeof value.server === 'string' &&
    typeof value.tool === 'string' &&
    typeof value.task === 'string' &&
    typeof value.isRight === 'boolean'
  );
}

/** Words teach; addresses, numbers, quotations and keys do not, and may be somebody's. */
function withoutPersonal(task: string): string {
  return task
    .replaceAll(/"[^"]*"|“[^”]*”|`[^`]*`/g, '…')
    .split(/\s+/)
    .map((word) => (isPersonal(word) ? '…' : word))
    .join(' ')
    .slice(0, LONGEST_TASK);
}

function isPersonal(word: string): boolean {
  return (
    /@|:\/\/|\d{4,}|[\\/~].*[\\/]/.test(word) || word.length > 40 || findLiteralSecret('', word) !== undefined
  );
}
