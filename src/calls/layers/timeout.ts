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
    call.signal.throwIfAborted();
    const usual = slow.match(call) === undefined ? settings.toolMs : settings.slowToolMs;
    const { silenceMs: ms, totalMs } = call.limits ?? { silenceMs: usual, totalMs: settings.toolTotalMs };
    const patience = new Patience(call, { ms, totalMs, clock });
    try {
      return await next(withSignal(call, patience));
    } finally {
      patience.end();
    }
  };
}

interface Limits {
  readonly ms: number;
  readonly totalMs: number;
  readonly clock: Clock;
}

/** Stops with the call's own signal, or when its time is over. */
class Patience extends Stop {
  readonly #call: ToolCall;
  readonly #limits: Limits;
  readonly #start: number;
  readonly #passOn = (): void => this.abort(this.#call.signal.reason);
  readonly #look = (): void => this.#judge();
  #takeBack: () => void;

  constructor(call: ToolCall, limits: Limits) {
    super();
    this.#call = call;
    this.#limits = limits;
    this.#start = limits.clock.now();
    call.life.heardAt = this.#start;
    call.signal.addEventListener('abort', this.#passOn, { once: true });
    this.#takeBack = this.#wait(Math.min(limits.ms, limits.totalMs));
  }

  end(): void {
    this.#takeBack();
    this.#call.signal.removeEventListener('abort', this.#passOn);
  }

  #wait(ms: number): () => void {
    return this.#limits.clock.after(Math.max(1, ms), this.#look);
  }

  #judge(): void {
    const { life } = this.#call;
    const { ms, totalMs, clock } = this.#limits;
    const now = clock.now();
    const left = this.#start + totalMs - now;
    if (left <= 0) {
      this.abort(timedOut(this.#call, totalMs, 'was not done'));
      return;
    }
    if (life.asking > 0) life.heardAt = now;
    const silence = now - life.heardAt;
    if (silence >= ms) this.abort(timedOut(this.#call, ms, 'said nothing'));
    else this.#takeBack = this.#wait(Math.min(ms - silence, left));
  }
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
