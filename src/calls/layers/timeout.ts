import { McpctlError } from '../../core/errors.ts';
import { Stop } from '../../core/stop.ts';
import type { CallTimeouts } from '../../settings/call-settings.ts';
import type { Clock } from '../clock.ts';
import { type ToolCall, type ToolMiddleware, withSignal } from '../tool-call.ts';
import { toolPatterns } from '../tool-pattern.ts';

/**
 * Gives up a call when its server is silent for too long. Progress starts the time anew, and it stands still while
 * the user answers a question of the server; the total counts without mercy. Giving up aborts the signal of what
 * comes after. @throws SERVER_TIMEOUT
 */
export function timeout(settings: CallTimeouts, clock: Clock): ToolMiddleware {
  const slow = toolPatterns(settings.slowTools);
  return (next) => async (call) => {
    const { signal } = call;
    signal.throwIfAborted();
    const ms = slow.match(call) === undefined ? settings.toolMs : settings.slowToolMs;
    const stop = new Stop();
    const passOn = (): void => stop.abort(signal.reason);
    signal.addEventListener('abort', passOn, { once: true });
    const finish = watchSilence(call, { ms, totalMs: settings.toolTotalMs, clock }, (reason) =>
      stop.abort(reason),
    );
    try {
      return await next(withSignal(call, stop));
    } finally {
      finish();
      signal.removeEventListener('abort', passOn);
    }
  };
}

interface Limits {
  readonly ms: number;
  readonly totalMs: number;
  readonly clock: Clock;
}

function watchSilence(call: ToolCall, limits: Limits, giveUp: (reason: McpctlError) => void): () => void {
  const { ms, totalMs, clock } = limits;
  const start = clock.now();
  call.life.heardAt = start;
  const wait = (delay: number): (() => void) => clock.after(Math.max(1, delay), look);
  const look = (): void => {
    const now = clock.now();
    const left = start + totalMs - now;
    if (left <= 0) {
      giveUp(timedOut(call, totalMs, 'was not done'));
      return;
    }
    if (call.life.asking > 0) call.life.heardAt = now;
    const silence = now - call.life.heardAt;
    if (silence >= ms) giveUp(timedOut(call, ms, 'said nothing'));
    else takeBack = wait(Math.min(ms - silence, left));
  };
  let takeBack = wait(Math.min(ms, totalMs));
  return () => takeBack();
}

function timedOut({ server, tool }: ToolCall, ms: number, what: string): McpctlError {
  return new McpctlError(
    'SERVER_TIMEOUT',
    `${tool} of ${server} ${what} for ${ms / 1000} s and was given up.`,
    {
      hint: 'If it takes that long, name it in timeouts.slowTools or raise timeouts.toolMs: mcpctl config show',
      data: { server, tool, sent: true },
    },
  );
}
