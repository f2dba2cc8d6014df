import type { Intent } from '../../audit/row.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { livenessOf, type ProcessIdentity } from '../../platform/process-identity.ts';
import type { StepAnswer } from '../run/answer.ts';
import type { CallEnd, JournalLine, RunEnd } from './line.ts';
import type { Vault } from './vault.ts';

/** What a journal says of one call. */
export interface FormerCall {
  readonly call: string;
  readonly server: string;
  readonly tool: string;
  readonly intent: Intent;
  readonly digest: string;
  readonly attempts: number;
  /** `started`: the process ended before anything came of it. `settled`: a person said that it is done. */
  readonly state: 'started' | CallEnd | 'settled';
  /** Sealed. */
  readonly answer?: string;
}

/** Everything a journal says of a run. */
export interface RunHistory {
  readonly run: string;
  readonly pipeline: string;
  readonly file: string;
  /** SHA-256 of the file when the run last began. */
  readonly digest: string;
  readonly salt: string;
  readonly unsealed?: string;
  /** Sealed. */
  readonly inputs?: string;
  readonly beganAt: string;
  /** When its last line was written. */
  readonly lastAt: string;
  /** Who runs it, or ran it last. */
  readonly process: ProcessIdentity;
  /** By name, in the order they began. */
  readonly calls: ReadonlyMap<string, FormerCall>;
  /** The step that failed, once what was done is taken back. */
  readonly aborting?: string;
  /** How it ended, unless it was killed. */
  readonly end?: RunEnd;
}

/** @throws PIPELINE_JOURNAL_BROKEN when it has no beginning. */
export function historyOf(run: string, lines: readonly JournalLine[]): RunHistory {
  const [first] = lines;
  if (first?.kind !== 'began') {
    throw new McpctlError('PIPELINE_JOURNAL_BROKEN', `The journal of run ${run} has no beginning.`, {
      hint: `Nothing was called then. To remove it: mcpctl chain prune ${run}`,
      data: { run },
    });
  }
  const calls = new Map<string, FormerCall>();
  let { process, digest } = first;
  let aborting: string | undefined;
  let end: RunEnd | undefined;
  for (const line of lines) {
    if (line.kind === 'started') {
      const { call, server, tool, intent, attempt } = line;
      calls.set(call, {
        call,
        server,
        tool,
        intent,
        digest: line.digest,
        attempts: attempt,
        state: 'started',
      });
    } else if (line.kind === 'finished') mark(calls, line.call, line.status, line.answer);
    else if (line.kind === 'settled') mark(calls, line.call, 'settled', line.answer);
    else if (line.kind === 'aborting') aborting = line.step;
    else if (line.kind === 'ended') end = line.status;
    else if (line.kind === 'resumed') {
      ({ process, digest } = line);
      end = undefined;
    }
  }
  const { pipeline, file, salt, unsealed, inputs, at } = first;
  return {
    run,
    pipeline,
    file,
    digest,
    salt,
    ...(unsealed !== undefined && { unsealed }),
    ...(inputs !== undefined && { inputs }),
    beganAt: at,
    lastAt: lines.at(-1)?.at ?? at,
    process,
    calls,
    ...(aborting !== undefined && { aborting }),
    ...(end && { end }),
  };
}

function mark(
  calls: Map<string, FormerCall>,
  name: string,
  state: FormerCall['state'],
  answer: string | undefined,
): void {
  const former = calls.get(name);
  if (former) calls.set(name, { ...former, state, ...(answer !== undefined && { answer }) });
}

/** `running`: by a process that is there. `interrupted`: its process is gone. */
export type RunState = RunEnd | 'running' | 'interrupted';

export async function stateOf({ end, process }: RunHistory): Promise<RunState> {
  if (end) return end;
  return (await livenessOf(process)) === 'dead' ? 'interrupted' : 'running';
}

/** Calls that may have changed something, and of which nobody knows whether they did. */
export function callsInDoubt({ calls }: RunHistory): FormerCall[] {
  return [...calls.values()].filter(
    ({ state, intent }) => (state === 'started' || state === 'unknown') && intent !== 'read',
  );
}

/** What a sealed answer says; undefined when it is not kept or cannot be read any more. */
export function answerOf(
  run: string,
  { call, answer }: FormerCall,
  vault: Vault | undefined,
): StepAnswer | undefined {
  const text = answer === undefined ? undefined : vault?.unseal(answer, boundOf(run, call));
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  return isRecord(value) && Array.isArray(value.texts) ? (value as unknown as StepAnswer) : undefined;
}

/** The inputs a run was given; undefined when they are not kept or cannot be read any more. */
export function inputsOf({ run, inputs }: RunHistory, vault: Vault | undefined): JsonObject | undefined {
  const text = inputs === undefined ? undefined : vault?.unseal(inputs, boundOf(run, 'inputs'));
  const value: unknown = text === undefined ? undefined : JSON.parse(text);
  return isRecord(value) ? (value as JsonObject) : undefined;
}

/** What a sealed text belongs to: it opens nowhere else. */
export function boundOf(run: string, part: string): string {
  return `${run} ${part}`;
}
