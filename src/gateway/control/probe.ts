import { McpctlError } from '../../core/errors.ts';
import type { CountingMeter } from '../metrics/create-meter.ts';

/** How a server is asked whether it is there. */
export interface ProbeRequest {
  /** Longest wait for its answer, in milliseconds. */
  readonly timeoutMs: number;
  /** It is not asked when it answered somebody within so many milliseconds. */
  readonly freshMs: number;
}

/** A server is there. */
export interface ProbeAnswer {
  /** What it answered: a question of its era, or a request of a client; `none` where nothing runs that could. */
  readonly by: 'ping' | 'discover' | 'call' | 'none';
  /** When it did; milliseconds since 1970. */
  readonly at: number;
  /** Time it took; 0 where it was not asked. */
  readonly ms: number;
}

/** Counts a probe; what was not asked is none. */
export async function measured(
  server: string,
  meter: Pick<CountingMeter, 'probed'>,
  probe: () => Promise<ProbeAnswer>,
): Promise<ProbeAnswer> {
  const begun = performance.now();
  try {
    const answer = await probe();
    if (answer.by === 'ping' || answer.by === 'discover') {
      meter.probed(server, { ok: true, seconds: answer.ms / 1000 });
    }
    return answer;
  } catch (error) {
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
