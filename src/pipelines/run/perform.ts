import { asKnown, McpctlError } from '../../core/errors.ts';
import { Stop, type StopSignal } from '../../core/stop.ts';
import { answerOf, boundOf, type FormerCall } from '../journal/history.ts';
import { digestOfCall, LONGEST_KEPT } from '../journal/vault.ts';
import type { StepAnswer } from './answer.ts';
import type { CallResult, FormerRun, RunPorts, StepCall } from './ports.ts';

/**
 * What a call of a run came to. `unknown` are calls that may write only. `answer` is absent where that of an earlier
 * process is not kept.
 */
export type Performed =
  | { readonly kind: 'ok'; readonly answer: StepAnswer | undefined; readonly isReused: boolean }
  | Exclude<CallResult, { readonly kind: 'ok' }>
  /** It may write, and this run does not. */
  | { readonly kind: 'withheld' };

export interface PerformRequest extends Omit<StepCall, 'signal'> {
  readonly step: string;
  /** Calls in all. */
  readonly attempts: number;
  readonly pauseMs: number;
}

export interface PerformerOptions {
  readonly run: string;
  readonly salt: string;
  readonly ports: RunPorts;
  /** What earlier processes did of this run. */
  readonly former?: FormerRun;
  /** Most calls of a run. */
  readonly limit: number;
  /** Calls that may write are not made. */
  readonly isReading: boolean;
  /** Nothing new is called: only what was done before counts. */
  readonly isReplay: boolean;
}

/** Makes the calls of a run, each in the journal before it leaves, and none again that an earlier process made. */
export interface Performer {
  perform(request: PerformRequest, signal: StopSignal): Promise<Performed>;
  /** How many calls of a step were made. */
  madeBy(step: string): number;
}

export function createPerformer(options: PerformerOptions): Performer {
  const { run, salt, ports, former, limit, isReading, isReplay } = options;
  let made = 0;
  const byStep = new Map<string, number>();

  const attempt = async (request: PerformRequest, digest: string, number: number, signal: StopSignal) => {
    const { name, server, tool, args, timeoutMs, isRepeatedHere = false, step } = request;
    if (signal.aborted) return failedUnsent(asKnown(signal.reason));
    if (made >= limit) return failedUnsent(tooMany(limit));
    made += 1;
    byStep.set(step, (byStep.get(step) ?? 0) + 1);
    const intent = ports.intentOf({ server, tool });
    const call: StepCall = {
      name,
      server,
      tool,
      args,
      // A write that was sent is waited for: cut off, nobody would know what came of it.
      signal: intent === 'read' ? signal : new Stop(),
      ...(timeoutMs !== undefined && { timeoutMs }),
      isRepeatedHere,
    };
    const at = ports.now();
    const head = { kind: 'started', at: at.toISOString(), call: name, attempt: number } as const;
    await ports.record({ ...head, server, tool, intent, digest });
    ports.tell({ kind: 'called', step, call, attempt: number });
    const result = await ports.call(call);
    const ms = Math.max(0, ports.now().getTime() - at.getTime());
    const tail = { kind: 'finished', at: ports.now().toISOString(), call: name, ms } as const;
    if (result.kind === 'ok') await ports.record({ ...tail, status: 'ok', ...kept(name, result.answer) });
    else await ports.record({ ...tail, status: result.kind, code: result.error.code });
    return result;
  };

  const kept = (name: string, answer: StepAnswer): { answer?: string; tooLong?: number } => {
    const { vault } = ports;
    if (!vault) return {};
    const text = JSON.stringify(answer);
    if (text.length > LONGEST_KEPT) return { tooLong: text.length };
    return { answer: vault.seal(text, boundOf(run, name)) };
  };

  /** False when the wait was stopped. */
  const paused = async (ms: number, signal: StopSignal): Promise<boolean> =>
    await ports.pause(ms, signal).then(
      () => true,
      () => false,
    );

  const repeat = async ({ request, digest, isRead }: Repeated, signal: StopSignal): Promise<Performed> => {
    for (let number = 1; ; number += 1) {
      const result = await attempt(request, digest, number, signal);
      if (result.kind === 'ok') return { ...result, isReused: false };
      const isOver = number >= request.attempts || signal.aborted || isFinal(result.error);
      if (isOver || !isRepeatable(result, isRead) || !(await paused(request.pauseMs, signal))) {
        return isRead ? { kind: 'failed', error: result.error, isSent: true } : result;
      }
    }
  };

  return {
    madeBy: (step) => byStep.get(step) ?? 0,
    async perform(request, signal) {
      const { name, server, tool, args } = request;
      const digest = digestOfCall({ server, tool, args }, { vault: ports.vault, salt });
      const isRead = ports.intentOf({ server, tool }) === 'read';
      const known = former && reusedFrom(former, { name, digest, isRead, run, ports });
      if (known) return known;
      if (isReplay) return failedUnsent(new McpctlError('PIPELINE_FAILED', `${name} was not called.`));
      if (isReading && !isRead) return { kind: 'withheld' };
      return await repeat({ request, digest, isRead }, signal);
    },
  };
}

/** A write is repeated only when nothing of it was sent. */
function isRepeatable(result: Exclude<CallResult, { kind: 'ok' }>, isRead: boolean): boolean {
  return isRead || (result.kind === 'failed' && !result.isSent);
}

interface Repeated {
  readonly request: PerformRequest;
  readonly digest: string;
  readonly isRead: boolean;
}

interface Wanted {
  readonly name: string;
  readonly digest: string;
  readonly isRead: boolean;
  readonly run: string;
  readonly ports: Pick<RunPorts, 'vault'>;
}

/** What an earlier process left of a call; undefined when it has to be made (again). */
function reusedFrom({ history, decisions }: FormerRun, wanted: Wanted): Performed | undefined {
  const { name, digest, run, ports } = wanted;
  const call = history.calls.get(name);
  if (!call || decisions.retried.some((decided) => isCallOf(name, decided))) return undefined;
  const answer = (): StepAnswer | undefined => answerOf(run, call, ports.vault);
  if (call.state === 'settled') return { kind: 'ok', answer: answer(), isReused: true };
  if (call.state === 'failed') return undefined;
  // A server may say something else of its tool by now; what it was when it was called counts too.
  const isRead = wanted.isRead && call.intent === 'read';
  if (isRead) {
    const kept = call.state === 'ok' && call.digest === digest ? answer() : undefined;
    return kept && { kind: 'ok', answer: kept, isReused: true };
  }
  if (call.state === 'ok' && call.digest === digest) return { kind: 'ok', answer: answer(), isReused: true };
  return { kind: 'unknown', error: inDoubt(call, run) };
}

/** Whether a decision about a call, or about all of a step, is about this one. */
export function isCallOf(name: string, decided: string): boolean {
  return name === decided || name.startsWith(`${decided}:`);
}

function inDoubt({ call, state, server, tool }: FormerCall, run: string): McpctlError {
  const what =
    state === 'ok'
      ? `${call} was done with other arguments than it would get now`
      : `${call} called ${tool} of ${server}, and nobody knows what came of it`;
  return new McpctlError('PIPELINE_IN_DOUBT', `${what}.`, {
    hint: `Look there. Then: mcpctl chain resume ${run} --skip-step ${call}   (it counts as done), or --retry-step ${call}`,
    data: { run, call, server, tool },
  });
}

function failedUnsent(error: McpctlError): CallResult & { readonly kind: 'failed' } {
  return { kind: 'failed', error, isSent: false };
}

function tooMany(limit: number): McpctlError {
  return new McpctlError('PIPELINE_LIMIT', `The run would make more than ${limit} calls.`, {
    hint: 'Raise limits.steps of the pipeline, or give it less to do.',
    data: { limit },
  });
}

/** Failures that stay, whatever one does. */
const FINAL = new Set<string>([
  'CALL_ARGUMENTS',
  'CALL_TOOL_UNKNOWN',
  'CANCELLED',
  'PIPELINE_LIMIT',
  'REGION_REFUSED',
  'SERVER_UNKNOWN',
  'SIGN_IN_NEEDED',
  'TOOL_DENIED',
]);

function isFinal({ code }: McpctlError): boolean {
  return FINAL.has(code);
}
