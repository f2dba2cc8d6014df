import { McpctlError } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { Stop, type StopSignal } from '../../core/stop.ts';
import type { Scope } from '../expressions/evaluate.ts';
import { ExpressionFault } from '../expressions/fault.ts';
import { renderValue } from '../expressions/template.ts';
import type { Pipeline, Step } from '../format/pipeline.ts';
import { inOrder } from '../plan/graph.ts';
import { createPerformer } from './perform.ts';
import {
  type FormerRun,
  type RunPorts,
  type RunReport,
  reported,
  type StepCall,
  type StepReport,
} from './ports.ts';
import { type DoneCall, runStep, type StepResult } from './step.ts';
import { undo } from './undo.ts';

export interface RunOptions {
  readonly run: string;
  readonly salt: string;
  readonly pipeline: Pipeline;
  readonly inputs: JsonObject;
  readonly ports: RunPorts;
  /** Aborted when the user stops it. */
  readonly signal: StopSignal;
  /** What earlier processes did of this run. */
  readonly former?: FormerRun;
  /** Calls that may write are not made. */
  readonly isReading?: boolean;
}

/**
 * Runs a pipeline to its end. Failures of steps are part of the report; it rejects only when the journal cannot be
 * written, and then nothing further was called.
 */
export async function runPipeline(options: RunOptions): Promise<RunReport> {
  const { run, pipeline, ports, former, signal } = options;
  const began = ports.now().getTime();
  const course = createCourse(options);
  await course.run();
  const { stop, scope } = course;
  const isStopped = signal.aborted && stop?.kind !== 'in-doubt' && (stop !== undefined || !course.isWhole());
  const aborting = former?.history.aborting;
  const failedStep = aborting ?? (stop?.kind === 'failed' ? stop.step : undefined);
  const undone =
    failedStep === undefined || isStopped
      ? []
      : await undo({ ...options, failedStep, done: course.done, scope, performer: course.undoer });
  const undoInDoubt = undone.flatMap(({ status, call }) => (status === 'unknown' ? [`${call}:undo`] : []));
  const status = isStopped ? 'stopped' : endOf(stop, failedStep);
  const code = stop?.error.code;
  const line = { kind: 'ended', at: ports.now().toISOString(), status } as const;
  await ports.record({ ...line, ...(code !== undefined && { code }) });
  const failed =
    stop ?? (aborting === undefined ? undefined : { step: aborting, error: failedBefore(aborting) });
  const { outputs, warnings } = outputsOf(pipeline, scope);
  return {
    run,
    pipeline: pipeline.name,
    status,
    isDry: options.isReading === true,
    steps: course.reports(),
    ...(status === 'done' && { outputs }),
    ...(failed && { failed: { step: failed.step, error: reported(failed.error) } }),
    inDoubt: [...course.inDoubt, ...undoInDoubt],
    undone,
    withheld: course.withheld,
    warnings: status === 'done' ? warnings : [],
    ms: Math.max(0, ports.now().getTime() - began),
  };
}

type Stopped = NonNullable<StepResult['stop']> & { readonly step: string };

function endOf(stop: Stopped | undefined, failedStep: string | undefined): RunReport['status'] {
  if (stop?.kind === 'in-doubt') return 'in-doubt';
  return stop || failedStep !== undefined ? 'failed' : 'done';
}

function failedBefore(step: string): McpctlError {
  return new McpctlError('PIPELINE_FAILED', `The run had failed at ${step} before it was resumed.`);
}

/** The steps under way, in their order and so many at once as the pipeline says. */
function createCourse(options: RunOptions) {
  const { run, salt, pipeline, ports, former, signal, inputs, isReading = false } = options;
  const isReplay = former?.history.aborting !== undefined;
  const results = new Map<string, StepReport>();
  const steps: Record<string, JsonObject> = {};
  const scope: Scope = { inputs, run: { id: run }, steps: steps as JsonObject };
  const performing = { run, salt, ports, isReading, ...(former && { former }) };
  const performer = createPerformer({ ...performing, limit: pipeline.limits.calls, isReplay });
  const time = limitTime(pipeline, signal);
  const done: DoneCall[] = [];
  const withheld: Pick<StepCall, 'name' | 'server' | 'tool' | 'args'>[] = [];
  const inDoubt: string[] = [];
  let stop: Stopped | undefined;
  let fault: unknown;

  const settle = (step: Step, result: StepResult, ms: number): void => {
    const { status, output, error, reason, calls, reused } = result;
    steps[step.id] = {
      status,
      ...(output !== undefined && { output }),
      ...(error && { error: error.message }),
    };
    inDoubt.push(...result.inDoubt);
    const isWorse = result.stop && (!stop || result.stop.kind === 'in-doubt');
    if (result.stop && isWorse && !isReplay) {
      const late = result.stop.kind === 'failed' ? time.late() : undefined;
      stop = { ...result.stop, ...(late && { error: late }), step: step.id };
    }
    const report: StepReport = {
      id: step.id,
      status,
      ...(reason !== undefined && { reason }),
      ...(output !== undefined && { output }),
      ...(error && { error: reported(error) }),
      calls,
      reused,
      ms,
    };
    results.set(step.id, report);
    ports.tell({ kind: 'over', step: report });
  };
  const runOne = async (step: Step): Promise<void> => {
    const start = ports.now().getTime();
    const result = await runStep({
      step,
      scope,
      performer,
      signal: time.signal,
      isReplay,
      done: (call) => void done.push(call),
      withheld: (call) => void withheld.push(call),
    });
    settle(step, result, Math.max(0, ports.now().getTime() - start));
  };
  const isWhole = (): boolean => results.size === pipeline.steps.length;

  return {
    scope,
    done,
    withheld,
    inDoubt,
    isWhole,
    /** What is taken back is neither counted nor a repetition. */
    undoer: createPerformer({ ...performing, limit: Number.POSITIVE_INFINITY, isReplay: false }),
    get stop() {
      return stop;
    },
    reports: () => pipeline.steps.flatMap(({ id }) => results.get(id) ?? []),
    /** @throws what the journal throws, when nothing is under way any more. */
    async run(): Promise<void> {
      const waiting = new Set(inOrder(pipeline.steps));
      const running = new Set<Promise<void>>();
      const begin = (step: Step): void => {
        waiting.delete(step);
        const under: Promise<void> = runOne(step)
          .catch((error: unknown) => {
            fault ??= error;
          })
          .finally(() => running.delete(under));
        running.add(under);
      };
      const mayBegin = (): boolean =>
        !stop && !fault && !time.signal.aborted && running.size < pipeline.limits.parallel;
      const isReady = ({ after }: Step): boolean => after.every((id) => results.has(id));
      for (;;) {
        for (const step of waiting) if (mayBegin() && isReady(step)) begin(step);
        if (running.size === 0) break;
        // What was sent is waited for, also when another step failed: nobody would know what came of it.
        await Promise.race(running);
      }
      time.over();
      if (fault) throw fault;
      const late = time.late();
      const [next] = waiting;
      if (late && next && !stop) stop = { kind: 'failed', error: late, step: next.id };
    },
  };
}

/** A signal that also ends when the run has taken as long as it may. */
function limitTime({ limits, name }: Pipeline, signal: StopSignal) {
  const stop = new Stop();
  const message = `${name} took longer than ${limits.durationMs / 1000} s.`;
  const late = new McpctlError('PIPELINE_TIMEOUT', message, {
    hint: 'Raise limits.duration of the pipeline.',
  });
  const passOn = (): void => stop.abort(signal.reason);
  const timer = setTimeout(() => stop.abort(late), limits.durationMs);
  if (signal.aborted) passOn();
  else signal.addEventListener('abort', passOn, { once: true });
  return {
    signal: stop as StopSignal,
    /** The reason, when it was the time that ended it. */
    late: (): McpctlError | undefined => (stop.reason === late ? late : undefined),
    over(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', passOn);
    },
  };
}

/** What a run answers. What cannot be made of what its steps have is null, and said: the run is done all the same. */
function outputsOf(
  { outputs }: Pipeline,
  scope: Scope,
): { readonly outputs: JsonObject; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const value = (key: string, given: Json): Json => {
    try {
      return renderValue(given, scope);
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      if (error.kind !== 'no-output') warnings.push(`outputs.${key} has no value: ${error.message}.`);
      return null;
    }
  };
  const made = Object.entries(outputs).map(([key, given]) => [key, value(key, given)] as const);
  return { outputs: Object.fromEntries(made), warnings };
}
