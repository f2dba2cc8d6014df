import type { Context } from '../../cli/context.ts';
import { table } from '../../cli/table.ts';
import { McpctlError } from '../../core/errors.ts';
import { journalFolder, listRuns, readLines } from '../../pipelines/journal/files.ts';
import { callsInDoubt, historyOf, type RunState, stateOf } from '../../pipelines/journal/history.ts';
import type { Style } from '../../platform/style.ts';

export interface ListedRun {
  readonly run: string;
  readonly pipeline: string;
  readonly file: string;
  readonly state: RunState | 'broken';
  readonly beganAt: string;
  readonly lastAt: string;
  /** Names of calls that were answered. */
  readonly done: readonly string[];
  readonly inDoubt: readonly string[];
}

/** Every run whose journal is kept, the latest last. */
export async function listRunsHere({ paths }: Context): Promise<ListedRun[]> {
  const folder = journalFolder(paths);
  return await Promise.all((await listRuns(folder)).map((run) => describeRun(folder, run)));
}

async function describeRun(folder: string, run: string): Promise<ListedRun> {
  try {
    const history = historyOf(run, await readLines(folder, run));
    const { pipeline, file, beganAt, lastAt, calls } = history;
    const done = [...calls.values()].filter(({ state }) => state === 'ok' || state === 'settled');
    return {
      run,
      pipeline,
      file,
      state: await stateOf(history),
      beganAt,
      lastAt,
      done: done.map(({ call }) => call),
      inDoubt: callsInDoubt(history).map(({ call }) => call),
    };
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code !== 'PIPELINE_JOURNAL_BROKEN') throw error;
    return { run, pipeline: '-', file: '-', state: 'broken', beganAt: '', lastAt: '', done: [], inDoubt: [] };
  }
}

const COLOURS = {
  done: 'green',
  running: 'cyan',
  failed: 'red',
  broken: 'red',
  'in-doubt': 'yellow',
  interrupted: 'yellow',
  stopped: 'yellow',
} as const;

export function renderRuns(runs: readonly ListedRun[], style: Style, width: number): string {
  if (runs.length === 0) return 'No pipeline was run yet: mcpctl chain run <file>';
  return table({
    head: ['RUN', 'PIPELINE', 'STATE', 'BEGAN', 'CALLS', 'IN DOUBT'],
    rows: runs.map(({ run, pipeline, state, beganAt, done, inDoubt }) => [
      run,
      pipeline,
      style[COLOURS[state]](state),
      beganAt.replace(/\.\d+Z$/, 'Z'),
      String(done.length),
      inDoubt.join(', ') || '-',
    ]),
    width,
  });
}
