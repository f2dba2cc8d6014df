import { McpctlError } from '../../core/errors.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { LimitSettings } from '../../settings/call-settings.ts';
import { pause as pauseFor, systemClock } from '../clock.ts';
import type { Meter } from '../meter.ts';
import type { SharedStore, Window } from '../stores/store.ts';
import type { ToolAnswer, ToolCall, ToolHandler, ToolMiddleware } from '../tool-call.ts';

export interface RateLimitOptions {
  readonly limits: LimitSettings;
  readonly store: Pick<SharedStore, 'take'>;
  readonly meter: Pick<Meter, 'rateLimited'>;
  /** Rejects when the signal aborts. */
  readonly pause?: (milliseconds: number, signal: StopSignal) => Promise<unknown>;
}

const MINUTE_MS = 60_000;

/**
 * Lets so many calls through in any minute: of the server, of the tool, and of one principal at the server, all
 * counted together or not at all. Others wait as long as `waitMs` allows, or are refused. @throws RATE_LIMITED
 */
export function rateLimit({ limits, store, meter, pause = pauseUnless }: RateLimitOptions): ToolMiddleware {
  const counted = async (next: ToolHandler, call: ToolCall, windows: Window[]): Promise<ToolAnswer> => {
    let patience = limits.waitMs;
    for (;;) {
      const { isTaken, retryAfterMs, fullKey } = await store.take(windows);
      if (isTaken) return await next(call);
      if (retryAfterMs > patience) {
        meter.rateLimited(call.server);
        throw refused(call, retryAfterMs, windows.find(({ key }) => key === fullKey)?.limit);
      }
      patience -= retryAfterMs;
      await pause(retryAfterMs, call.signal).catch((cause: unknown) => {
        throw new McpctlError('CANCELLED', 'The call was cancelled while it waited for its turn.', {
          cause,
          data: { sent: false },
        });
      });
    }
  };
  return (next) => (call) => {
    const windows = windowsOf(call, limits);
    return windows.length === 0 ? next(call) : counted(next, call, windows);
  };
}

function windowsOf({ server, tool, principal }: ToolCall, limits: LimitSettings): Window[] {
  const { perMinute, servers, tools, perPrincipalPerMinute } = limits;
  const windows: Window[] = [];
  const count = (limit: number | undefined, ...names: string[]): void => {
    if (limit) windows.push({ key: JSON.stringify(names), limit, windowMs: MINUTE_MS });
  };
  count(Object.hasOwn(servers, server) ? servers[server] : perMinute, 'server', server);
  count(tools[`${server}/${tool}`], 'tool', server, tool);
  count(perPrincipalPerMinute, 'principal', server, principal);
  return windows;
}

function refused({ server, tool }: ToolCall, retryAfterMs: number, limit: number | undefined): McpctlError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  const message = `${server} got ${limit ?? 'as many'} calls in the last minute, so ${tool} was not called.`;
  return new McpctlError('RATE_LIMITED', message, {
    hint: `Call again in ${seconds} s.`,
    data: { server, tool, limit, retryAfterMs, sent: false },
  });
}

async function pauseUnless(milliseconds: number, signal: StopSignal): Promise<void> {
  await pauseFor(systemClock, milliseconds, signal);
}
