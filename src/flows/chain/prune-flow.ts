import type { Context } from '../../cli/context.ts';
import { parseDuration } from '../../cli/duration.ts';
import { McpctlError } from '../../core/errors.ts';
import { journalFolder, removeRun, unknownRun } from '../../pipelines/journal/files.ts';
import { type ListedRun, listRunsHere } from './list-flow.ts';

export interface PruneFlags {
  readonly older?: string;
  readonly dryRun?: boolean;
}

export interface Pruned {
  readonly removed: readonly string[];
  readonly dryRun: boolean;
}

const DAY_MS = 86_400_000;
/** How long journals are kept: of runs that are over, and of those somebody may still resume. */
const KEPT_MS = { over: 30 * DAY_MS, open: 183 * DAY_MS };

/** Removes journals: that of one run, or all that are old. @throws PIPELINE_RUN_UNKNOWN, USAGE */
export async function pruneFlow(
  run: string | undefined,
  { older, dryRun = false }: PruneFlags,
  context: Context,
): Promise<Pruned> {
  const runs = await listRunsHere(context);
  const age = older === undefined ? undefined : parseDuration(older, '--older');
  const chosen = run === undefined ? oldRuns(runs, context.now(), age) : [chosenRun(run, runs)];
  if (!dryRun) for (const { run: name } of chosen) await removeRun(journalFolder(context.paths), name);
  return { removed: chosen.map(({ run: name }) => name), dryRun };
}

/** What is older than is kept goes with the next run. */
export async function pruneOldRuns(context: Context): Promise<void> {
  await pruneFlow(undefined, {}, context);
}

function chosenRun(run: string, runs: readonly ListedRun[]): ListedRun {
  const found = runs.find((one) => one.run === run);
  if (!found) throw unknownRun(run);
  if (found.state !== 'running') return found;
  throw new McpctlError('USAGE', `Run ${run} is under way.`, { hint: 'Stop it first, or wait.' });
}

function oldRuns(runs: readonly ListedRun[], now: Date, age: number | undefined): ListedRun[] {
  return runs.filter(({ state, lastAt }) => {
    if (state === 'running' || lastAt === '') return false;
    const kept = age ?? (state === 'done' || state === 'failed' ? KEPT_MS.over : KEPT_MS.open);
    return now.getTime() - Date.parse(lastAt) > kept;
  });
}
