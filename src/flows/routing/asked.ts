import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { isRecord } from '../../core/json.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import type { Paths } from '../../platform/paths.ts';
import { userName } from '../../platform/user-name.ts';
import { withoutPersonal } from '../../routing/said.ts';
import { findCalls } from '../audit/query-flow.ts';
import { keepSaid } from './said.ts';

/** A task somebody asked for, until it is known what they called then. */
interface Asked {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Without what looks personal. */
  readonly task: string;
  /** What was suggested, as `server/tool`, best first. */
  readonly tools: readonly string[];
}

/** A call so much later was for something else. */
const WINDOW_MS = 10 * 60_000;
const MOST_ASKED = 20;

/** Keeps a task with what was suggested for it: in a file of the user alone, the newest 20. */
export async function keepAsked(
  { task, tools }: Pick<Asked, 'task' | 'tools'>,
  { paths, now }: Pick<Context, 'paths' | 'now'>,
): Promise<void> {
  await change(paths, (asked) => [...asked, { at: now().getTime(), task: withoutPersonal(task), tools }]);
}

/**
 * Remembers for the tasks of before what the user called after them: the first suggested tool that worked, within ten
 * minutes and before the next task. By the audit log, where it knows who called.
 */
export async function learnFromCalls(context: Context): Promise<void> {
  const { paths, env, now } = context;
  const asked = await readAsked(paths);
  const oldest = asked[0]?.at;
  if (oldest === undefined) return;
  const { calls } = await findCalls(
    { user: userName(env), since: new Date(oldest).toISOString(), outcome: 'ok', limit: '1000' },
    context,
  );
  for (const [place, { at, task, tools }] of asked.entries()) {
    const until = Math.min(at + WINDOW_MS, asked[place + 1]?.at ?? Number.POSITIVE_INFINITY);
    const call = calls.find(({ ts, server, tool }) => {
      const time = Date.parse(ts);
      return time >= at && time < until && tools.includes(`${server}/${tool}`);
    });
    if (call?.tool === undefined) continue;
    await keepSaid({ server: call.server, tool: call.tool, task, isRight: true, isCalled: true }, paths);
  }
  const settled = (each: Asked, place: number): boolean =>
    place < asked.length - 1 || each.at + WINDOW_MS < now().getTime();
  const done = new Set(asked.filter(settled).map(({ at }) => at));
  await change(paths, (known) => known.filter(({ at }) => !done.has(at)));
}

/** Removes all of it. */
export async function forgetAsked(paths: Pick<Paths, 'state'>): Promise<void> {
  await rm(fileOf(paths), { force: true });
}

async function change(
  paths: Pick<Paths, 'state' | 'locks'>,
  by: (asked: readonly Asked[]) => readonly Asked[],
): Promise<void> {
  await withFileLock({ folder: paths.locks, name: 'routing-asked' }, async () => {
    const asked = by(await readAsked(paths)).slice(-MOST_ASKED);
    await writeFileAtomic(fileOf(paths), `${JSON.stringify({ version: 1, asked })}\n`);
  });
}

/** Oldest first. A file that cannot be read says nothing. */
async function readAsked(paths: Pick<Paths, 'state'>): Promise<Asked[]> {
  try {
    const value: unknown = JSON.parse(await readFile(fileOf(paths), 'utf8'));
    return isRecord(value) && Array.isArray(value.asked) ? value.asked.filter(isAsked) : [];
  } catch {
    return [];
  }
}

function isAsked(value: unknown): value is Asked {
  return (
    isRecord(value) &&
    typeof value.at === 'number' &&
    typeof value.task === 'string' &&
    Array.isArray(value.tools) &&
    value.tools.every((tool) => typeof tool === 'string')
  );
}

function fileOf({ state }: Pick<Paths, 'state'>): string {
  return join(state, 'routing-asked.json');
}
