import { McpctlError } from '../../core/errors.ts';
import { type Clock, pause } from '../clock.ts';
import { codeOf, isUnsent, retryAfterOf } from '../failure.ts';
import type { Meter } from '../meter.ts';
import type { ToolAnswer, ToolCall, ToolMiddleware } from '../tool-call.ts';

export interface RetryOptions {
  /** Before each further attempt, in milliseconds. */
  readonly pausesMs: readonly number[];
  /** No attempt begins later than so long after the first; a longer pause is not begun. */
  readonly budgetMs: number;
  /** Nobody is kept waiting longer because a server asks for it. */
  readonly longestWaitMs: number;
  readonly clock: Clock;
  /** From 0 to 1; spreads clients that failed together. */
  random(): number;
  readonly meter: Meter;
  /** As for policy: a lost call may be repeated when its tool reads. */
  learn(call: ToolCall): Promise<void>;
}

/** Number of the attempt that failed, and the time since the first began, in milliseconds. */
interface Turn {
  readonly attempt: number;
  readonly passed: number;
}

/** Failures that may be over the next time. All others stay, whatever one does. */
const PASSING = new Set([
  'NETWORK_TIMEOUT',
  'NETWORK_UNREACHABLE',
  'OUTCOME_UNKNOWN',
  'SERVER_BUSY',
  'SERVER_EXITED',
  'SERVER_RESTING',
  'SERVER_TIMEOUT',
  'SERVER_UNREACHABLE',
]);
/** Of HTTP statuses those that speak of the moment. */
const PASSING_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
const SPREAD = 0.1;

/**
 * Calls again while the failure may pass and repeating is safe: when nothing reached the server, or the tool says it
 * reads or may be repeated. An `isError` result and a JSON-RPC error are answers, not failures. What may have been done
 * when its connection broke fails with OUTCOME_UNKNOWN.
 */
export function retry(options: RetryOptions): ToolMiddleware {
  const { pausesMs, budgetMs, longestWaitMs, clock, random, meter, learn } = options;
  const isSafe = async (error: unknown, call: ToolCall): Promise<boolean> => {
    if (isUnsent(error)) return true;
    if (call.intent === 'unknown' && !call.isIdempotent) await learn(call);
    return call.intent === 'read' || call.isIdempotent;
  };
  /** How long to wait before the next attempt; undefined when there is none. */
  const pauseAfter = (error: unknown, call: ToolCall, { attempt, passed }: Turn): number | undefined => {
    const own = (call.pausesMs ?? pausesMs)[attempt - 1];
    const asked = retryAfterOf(error) ?? 0;
    if (own === undefined || asked > longestWaitMs || !mayPass(error)) return undefined;
    const ms = Math.max(own * (1 + SPREAD * (2 * random() - 1)), asked);
    return passed + ms > budgetMs ? undefined : ms;
  };
  /** @throws what its caller gets when there is no next attempt. */
  const pauseBeforeNext = async (error: unknown, call: ToolCall, turn: Turn): Promise<number> => {
    if (wasCut(error) && !(await isSafe(error, call))) throw unknownOutcome(error, call);
    const ms = call.signal.aborted ? undefined : pauseAfter(error, call, turn);
    if (ms === undefined || !(await isSafe(error, call))) throw error;
    return ms;
  };
  return (next) => (call) => {
    const start = clock.now();
    const attempt = (number: number): Promise<ToolAnswer> => {
      call.notes.attempt = number;
      return next(call).catch(async (error: unknown) => {
        const ms = await pauseBeforeNext(error, call, { attempt: number, passed: clock.now() - start });
        meter.retried(call.server);
        await pause(clock, ms, call.signal);
        return await attempt(number + 1);
      });
    };
    return attempt(1);
  };
}

/** The connection broke while the server had the call. */
function wasCut(error: unknown): error is McpctlError {
  return (
    error instanceof McpctlError &&
    error.code === 'SERVER_UNREACHABLE' &&
    !isUnsent(error) &&
    error.data?.status === undefined
  );
}

/** Nobody is to be told to try again what may have been done. */
function unknownOutcome(cut: McpctlError, { server, tool }: ToolCall): McpctlError {
  const what = `${tool} may have been carried out; it was not repeated.`;
  return new McpctlError('OUTCOME_UNKNOWN', `${cut.message} ${what}`, {
    hint: 'Look whether the change was made, then repeat the call if it was not.',
    cause: cut,
    data: { server, sent: true },
  });
}

function mayPass(error: unknown): boolean {
  if (!PASSING.has(codeOf(error))) return false;
  const { status } = (error as { readonly data?: { readonly status?: unknown } }).data ?? {};
  return codeOf(error) !== 'SERVER_UNREACHABLE' || typeof status !== 'number' || PASSING_STATUS.has(status);
}
