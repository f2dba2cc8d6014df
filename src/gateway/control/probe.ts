import { asKnown, McpctlError } from '../../core/errors.ts';
import { measureStall } from '../../platform/stalls.ts';
import type { CountingMeter } from '../metrics/create-meter.ts';
import type { CheckCall, CheckedCall } from './check-call.ts';

/** How a server is asked whether it is there. */
export interface ProbeRequest {
  /** Longest wait for its answer, in milliseconds. */
  readonly timeoutMs: number;
  /** It is not asked when it answered somebody within so many milliseconds. */
  readonly freshMs: number;
  /** To be made as well once it answered. */
  readonly call?: CheckCall;
}

/** A server is there. */
export interface ProbeAnswer {
  /** What it answered: a question of its era, or a request of a client; `none` where nothing runs that could. */
  readonly by: 'ping' | 'discover' | 'call' | 'none';
  /** When it did; milliseconds since 1970. */
  readonly at: number;
  /** Time it took; 0 where it was not asked. */
  readonly ms: number;
  /**
   * The process that asked was held up meanwhile: what it took says nothing of the server, and with `none` nobody can
   * tell whether it would have answered.
   */
  readonly isStalled?: boolean;
  /** What came of the call; absent where none was asked for, or nothing runs that could be called. */
  readonly called?: CheckedCall;
}

/** What a process that was held up takes for silence. */
const MAY_BE_STALLS = new Set(['SERVER_SLOW', 'SERVER_TIMEOUT', 'TOOL_TIMEOUT']);

/** Counts a probe; what was not asked, or cannot be judged, is none. */
export async function measured(
  server: string,
  meter: Pick<CountingMeter, 'probed'>,
  probe: () => Promise<ProbeAnswer>,
): Promise<ProbeAnswer> {
  const begun = performance.now();
  const stalled = measureStall();
  try {
    const answer = await probe();
    const isStalled = stalled();
    if (answer.by !== 'ping' && answer.by !== 'discover') return answer;
    if (isStalled) return { ...answer, isStalled };
    meter.probed(server, { ok: true, seconds: answer.ms / 1000 });
    return answer;
  } catch (error) {
    if (stalled() && MAY_BE_STALLS.has(asKnown(error).code)) {
      return { by: 'none', at: Date.now(), ms: 0, isStalled: true };
    }
    meter.probed(server, { ok: false, seconds: (performance.now() - begun) / 1000 });
    throw error;
  }
}

export function isSilent(server: string, timeoutMs: number): McpctlError {
  return new McpctlError('SERVER_TIMEOUT', `${server} did not answer within ${timeoutMs} ms.`, {
    hint: `mcpctl doctor ${server}`,
    data: { server, timeoutMs },
  });
}

/** Silence while it works on a call proves no hang: many servers do one thing after the other. */
export function whileWorking(server: string, error: unknown): McpctlError {
  const known = asKnown(error);
  if (known.code !== 'SERVER_TIMEOUT') return known;
  return new McpctlError('SERVER_SLOW', `${server} works on a call, and answers nothing else meanwhile.`, {
    hint: `mcpctl logs ${server}`,
    cause: known,
    data: { server },
  });
}
