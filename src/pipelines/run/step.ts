import { McpctlError } from '../../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import { evaluate, isTrue, type Scope } from '../expressions/evaluate.ts';
import { ExpressionFault } from '../expressions/fault.ts';
import { parseCondition, renderValue } from '../expressions/template.ts';
import type { PipelineCall, Step } from '../format/pipeline.ts';
import { outputFrom } from './answer.ts';
import type { Performed, Performer } from './perform.ts';
import type { StepCall, StepStatus } from './ports.ts';

/** What a step came to. A `stop` ends the run. */
export interface StepResult {
  readonly status: StepStatus;
  readonly reason?: string;
  /** Absent where there is none. */
  readonly output?: Json;
  readonly error?: McpctlError;
  readonly stop?: { readonly kind: 'failed' | 'in-doubt'; readonly error: McpctlError };
  /** Names of calls nobody knows the outcome of. */
  readonly inDoubt: readonly string[];
  readonly calls: number;
  readonly reused: number;
}

/** A call that was done and could be taken back, with what its expressions read. */
export interface DoneCall {
  readonly step: Step;
  readonly name: string;
  readonly output: Json | undefined;
  readonly loop: JsonObject;
}

export interface StepOptions {
  readonly step: Step;
  readonly scope: Scope;
  readonly performer: Performer;
  readonly signal: StopSignal;
  /** Only what was done before counts, so the end of one item is not the end of the loop. */
  readonly isReplay: boolean;
  /** Hears of each call that is done, in their order. */
  done(call: DoneCall): void;
  withheld(call: Pick<StepCall, 'name' | 'server' | 'tool' | 'args'>): void;
}

/** Runs one step: its condition, its loop, its call, what stands in for it. Rejects only when the journal fails. */
export async function runStep(options: StepOptions): Promise<StepResult> {
  const { step, scope, performer } = options;
  const outcome = await runWhole({ step, scope, options });
  return { ...outcome, calls: performer.madeBy(step.id) };
}

type Outcome = Omit<StepResult, 'calls'>;

const NOTHING = { inDoubt: [], reused: 0 } as const;

async function runWhole({
  step,
  scope,
  options,
}: Pick<StepOptions, 'step' | 'scope'> & { readonly options: StepOptions }): Promise<Outcome> {
  const one: OneOptions = { ...options, name: step.id, loop: {} };
  let items: readonly Json[] | undefined;
  try {
    if (step.if !== undefined && !isTrue(evaluate(parseCondition(step.if).expression, scope))) {
      return { status: 'skipped', reason: 'its condition is not true', ...NOTHING };
    }
    items = itemsOf(step, scope);
  } catch (error) {
    return await onFault(error, one);
  }
  return items ? await runItems(items, options) : await runOne(one);
}

/** The items of a loop; undefined for a step without one. @throws ExpressionFault */
function itemsOf({ forEach }: Step, scope: Scope): readonly Json[] | undefined {
  if (!forEach) return undefined;
  const { items, limit } = forEach;
  const list =
    typeof items === 'string'
      ? evaluate(parseCondition(items).expression, scope)
      : renderValue([...items], scope);
  if (!Array.isArray(list)) throw new ExpressionFault('type', 'forEach needs a list', 0);
  if (list.length <= limit) return list;
  throw new ExpressionFault('limit', `forEach got ${list.length} items, and its limit is ${limit}`, 0);
}

async function runItems(items: readonly Json[], options: StepOptions): Promise<Outcome> {
  const { step, scope, signal } = options;
  const outcomes: (Outcome | undefined)[] = [];
  const rest = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next; next = rest.shift()) {
      const [index, item] = next;
      const loop = { item, index };
      const inner = { ...options, scope: { ...scope, ...loop }, name: `${step.id}:${index}`, loop };
      const outcome = await runOne(inner);
      outcomes[index] = outcome;
      if ((outcome.stop && !options.isReplay) || signal.aborted) rest.length = 0;
    }
  };
  await Promise.all(Array.from({ length: step.forEach?.parallel ?? 1 }, work));
  return loopOutcome(items, outcomes);
}

function loopOutcome(items: readonly Json[], outcomes: readonly (Outcome | undefined)[]): Outcome {
  const found = outcomes.filter((outcome) => outcome !== undefined);
  const stops = found.flatMap(({ stop }) => stop ?? []);
  const stop = stops.find(({ kind }) => kind === 'in-doubt') ?? stops[0];
  const error = found.find((outcome) => outcome.error)?.error;
  const isWithheld = found.some(({ status }) => status === 'withheld');
  const isFailed =
    stop !== undefined || (found.length > 0 && found.every(({ status }) => status === 'failed'));
  return {
    status: isFailed ? 'failed' : isWithheld ? 'withheld' : 'ok',
    // What an item has no output for is null, so that each stays at its place.
    ...(!isFailed && !isWithheld && { output: items.map((_, index) => outcomes[index]?.output ?? null) }),
    ...(isWithheld && { reason: 'it may write' }),
    ...(error && { error }),
    ...(stop && { stop }),
    inDoubt: found.flatMap(({ inDoubt }) => inDoubt),
    reused: found.reduce((sum, { reused }) => sum + reused, 0),
  };
}

interface OneOptions extends StepOptions {
  readonly name: string;
  readonly loop: JsonObject;
}

async function runOne(options: OneOptions): Promise<Outcome> {
  const { step, name, loop } = options;
  let args: JsonObject;
  try {
    args = argumentsOf(step, options.scope);
  } catch (error) {
    return await onFault(error, options);
  }
  const { timeoutMs, output } = step;
  const { isOwn: isRepeatedHere, ...retry } = step.retry;
  const call = { name, server: step.server, tool: step.tool, args };
  const performed = await options.performer.perform(
    { ...call, step: step.id, isRepeatedHere, ...retry, ...(timeoutMs !== undefined && { timeoutMs }) },
    options.signal,
  );
  if (performed.kind === 'failed') return await standIn(performed.error, options);
  if (performed.kind !== 'ok') return withoutAnswer(performed, call, options);
  const read = readOutput(performed, output);
  options.done({ step, name, output: read.output, loop });
  const reused = performed.isReused ? 1 : 0;
  if (read.error) return { ...(await standIn(read.error, options)), reused };
  return { status: 'ok', ...(read.output !== undefined && { output: read.output }), inDoubt: [], reused };
}

/** What comes of a step that fails. */
async function standIn(error: McpctlError, options: OneOptions): Promise<Outcome> {
  const { step, scope, name, performer, signal } = options;
  const { onError, fallback } = step;
  if (onError === 'continue' && error.code !== 'PIPELINE_LIMIT')
    return { status: 'failed', error, ...NOTHING };
  if (onError !== 'fallback' || !fallback || error.code === 'PIPELINE_LIMIT') return stopped(error);
  const { call, value } = fallback;
  try {
    if (!call) return { status: 'fallback', error, output: renderValue(value ?? null, scope), ...NOTHING };
    const { server, tool, output } = call;
    const made = { name: `${name}:fallback`, server, tool, args: argumentsOf(call, scope) };
    const performed = await performer.perform({ ...made, step: step.id, attempts: 1, pauseMs: 0 }, signal);
    if (performed.kind === 'failed') return stopped(performed.error);
    if (performed.kind !== 'ok') return withoutAnswer(performed, made, options);
    const read = readOutput(performed, output);
    if (read.error) return stopped(read.error);
    const reused = performed.isReused ? 1 : 0;
    return {
      status: 'fallback',
      error,
      ...(read.output !== undefined && { output: read.output }),
      inDoubt: [],
      reused,
    };
  } catch (fault) {
    return stopped(faultError(fault, step.id));
  }
}

function withoutAnswer(
  performed: Performed & { readonly kind: 'unknown' | 'withheld' },
  call: Pick<StepCall, 'name' | 'server' | 'tool' | 'args'>,
  { withheld }: OneOptions,
): Outcome {
  if (performed.kind === 'withheld') {
    withheld(call);
    return { status: 'withheld', reason: 'it may write', ...NOTHING };
  }
  const { error } = performed;
  return { status: 'failed', error, stop: { kind: 'in-doubt', error }, inDoubt: [call.name], reused: 0 };
}

function stopped(error: McpctlError): Outcome {
  return { status: 'failed', error, stop: { kind: 'failed', error }, ...NOTHING };
}

/** An expression without a value: a step that reads what another has not is skipped as that one was. */
async function onFault(fault: unknown, options: OneOptions): Promise<Outcome> {
  if (fault instanceof ExpressionFault && fault.kind === 'no-output') {
    return { status: 'skipped', reason: fault.message, ...NOTHING };
  }
  return await standIn(faultError(fault, options.step.id), options);
}

/** @throws what is no fault of an expression. */
export function faultError(fault: unknown, step: string): McpctlError {
  if (!(fault instanceof ExpressionFault)) throw fault;
  return new McpctlError('PIPELINE_EXPRESSION', `An expression of ${step} has no value: ${fault.message}.`, {
    hint: 'Look what the steps before it answer, or give another value: default(…, …)',
    data: { step },
  });
}

function readOutput(
  { answer }: Performed & { readonly kind: 'ok' },
  mode: Step['output'],
): { readonly output?: Json; readonly error?: McpctlError } {
  if (!answer) return {};
  try {
    return { output: outputFrom(answer, mode) };
  } catch (error) {
    if (error instanceof McpctlError) return { error };
    throw error;
  }
}

/** The arguments of a call with every expression in them replaced. @throws ExpressionFault */
export function argumentsOf(call: PipelineCall, scope: Scope): JsonObject {
  const made = renderValue(call.with, scope);
  return isRecord(made) ? (made as JsonObject) : {};
}
