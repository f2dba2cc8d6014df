import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import type { Paths } from '../../platform/paths.ts';
import { likeness, type Said, withoutPersonal } from '../../routing/said.ts';

/** Of one tool; the oldest goes first. */
const MOST_PER_TOOL = 20;
/** Of all tools together. */
const MOST = 500;

/** The user's confirmations and corrections, oldest first. A file that cannot be read says nothing. */
export async function readSaid(paths: Pick<Paths, 'state'>): Promise<Said[]> {
  try {
    const value: unknown = JSON.parse(await readFile(fileOf(paths), 'utf8'));
    return isRecord(value) && Array.isArray(value.said) ? value.said.filter(isSaid) : [];
  } catch {
    return [];
  }
}

/** Keeps one more. What was said of the same tool and request before is replaced, unless nobody says anything now. */
export async function keepSaid(said: Said, paths: Pick<Paths, 'state' | 'locks'>): Promise<Said> {
  const kept = { ...said, task: withoutPersonal(said.task) };
  await withFileLock({ folder: paths.locks, name: 'routing-said' }, async () => {
    const known = await readSaid(paths);
    if (kept.isCalled && known.some((each) => isSame(each, kept) && !each.isCalled)) return;
    const others = known.filter((each) => !isSame(each, kept));
    const ofTool = others.filter((each) => each.server === kept.server && each.tool === kept.tool);
    // What nobody said goes first.
    ofTool.sort((one, other) => Number(other.isCalled ?? false) - Number(one.isCalled ?? false));
    const tooMany = new Set(ofTool.slice(0, Math.max(0, ofTool.length - MOST_PER_TOOL + 1)));
    const all = [...others.filter((each) => !tooMany.has(each)), kept].slice(-MOST);
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
