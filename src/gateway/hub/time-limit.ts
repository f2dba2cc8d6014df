import { type Clock, systemClock } from '../../calls/clock.ts';
import type { CallLife } from '../../calls/tool-call.ts';
import type { McpctlError } from '../../core/errors.ts';
import { firstToStop, type StopSignal } from '../../core/stop.ts';

export interface TimeLimitOptions {
  readonly signal: StopSignal;
  readonly milliseconds: number;
  late(): McpctlError;
  readonly clock?: Clock;
}

export interface TimeLimit {
  /** Aborted when the time is over, or with the signal it was made from. */
  readonly signal: StopSignal;
  readonly life: CallLife;
  clear(): void;
}

/** Gives a server so long to say something; the user's time to answer its questions does not count. */
export function timeLimit({ signal, milliseconds, late, clock = systemClock }: TimeLimitOptions): TimeLimit {
  const over = firstToStop([signal]);
  const life: CallLife = { heardAt: clock.now(), asking: 0 };
  const look = (): void => {
    if (life.asking > 0) life.heardAt = clock.now();
    const rest = life.heardAt + milliseconds - clock.now();
    if (rest <= 0) over.abort(late());
    else takeBack = clock.after(Math.ceil(rest), look);
  };
  let takeBack = clock.after(milliseconds, look);
  return { signal: over, life, clear: () => takeBack() };
}
