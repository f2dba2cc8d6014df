import type { Clock } from '../calls/clock.ts';
import { asKnown, McpctlError, needsSignIn } from '../core/errors.ts';
import type { MeasureStall } from '../platform/stalls.ts';
import { isBusy, isFinal } from './trouble.ts';

/** A server answered. */
export interface Answered {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ms: number;
  /** Whoever asked was held up meanwhile, so that the time says nothing. */
  readonly isStalled?: boolean;
  /** What does not work although it answered; the same object as long as it is the same finding. */
  readonly flaw?: McpctlError | undefined;
}

export interface ProberOptions {
  readonly server: string;
  readonly clock: Clock;
  random(): number;
  readonly measureStall: MeasureStall;
  /** Between probes that went well, in milliseconds. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly slowMs: number;
  /** Failures in a row after which it is mended. */
  readonly failures: number;
  /**
   * Asks the server, and waits no longer than so many milliseconds; undefined when there is nothing that could be asked.
   * Rejects when it does not answer.
   */
  attempt(signal: AbortSignal, timeoutMs: number): Promise<Answered | undefined>;
  /** Restarts what does not answer; settles when it works, or when nothing can be done. */
  mend?(trouble: McpctlError, signal: AbortSignal): Promise<void>;
  /** What is known of it is not what it was; another time that it took to answer is no change. */
  changed(): void;
}

/** Probes one server in one place again and again. */
export interface Prober {
  readonly last: { readonly at: number; readonly ok: boolean; readonly ms: number } | undefined;
  /** When it probes next; undefined while it is paused or at it. */
  readonly nextAt: number | undefined;
  /** Why it is not healthy. */
  readonly trouble: McpctlError | undefined;
  /** True when the trouble is no single missed answer any more. */
  readonly isDown: boolean;
  /** Begins, with a probe at once or after some part of the interval. */
  start(when: 'now' | 'soon'): void;
  /** Probes now; settles when it is done. */
  now(): Promise<void>;
  pause(): void;
  /** What was found before does not count any more. */
  forget(): void;
  stop(): void;
}

/** Probes are up to a fifth of the interval early, so that they spread and none is late. */
const JITTER = 0.2;
/** A server that stays down is asked less often, up to so many times the interval. */
const LONGEST_WAIT = 4;
/** So many slow answers in a row are no accident. */
const SLOW_ANSWERS = 2;
/** So many probes in a row that say nothing are believed all the same. */
const MOST_UNCLEAR = 3;
/** Part of the timeout that a server gets which was silent just now, so that one that hangs is soon restarted. */
const CONFIRMING = 0.5;
/** What a machine that stands still makes of a server that does not. */
const MAY_BE_STALLS = new Set(['SERVER_SLOW', 'SERVER_TIMEOUT', 'TOOL_TIMEOUT']);

export function createProber(options: ProberOptions): Prober {
  return new RepeatedProber(options);
}

class RepeatedProber implements Prober {
  readonly #options: ProberOptions;
  readonly #over = new AbortController();
  last: Prober['last'];
  nextAt: number | undefined;
  trouble: McpctlError | undefined;
  #failures = 0;
  #slow = 0;
  #isMending = false;
  #unclear = 0;
  #isPaused = false;
  #cancel = (): void => {};
  #underWay: Promise<void> | undefined;

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  get isDown(): boolean {
    // What is being restarted may be there again in a moment.
    if (this.#isMending || this.trouble === undefined) return false;
    return isFinal(this.trouble) || this.#failures >= this.#options.failures;
  }

  start(when: 'now' | 'soon'): void {
    const { intervalMs, random } = this.#options;
    this.#isPaused = false;
    this.#plan(when === 'now' ? 0 : intervalMs * random());
  }

  now(): Promise<void> {
    if (this.#over.signal.aborted) return Promise.resolve();
    this.#unplan();
    this.#underWay ??= this.#probe().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  pause(): void {
    this.#isPaused = true;
    this.#unplan();
  }

  forget(): void {
    this.#failures = 0;
    this.#slow = 0;
    this.trouble = undefined;
  }

  stop(): void {
    this.pause();
    this.#over.abort(new McpctlError('CANCELLED', `${this.#options.server} is not watched any more.`));
  }

  #unplan(): void {
    this.#cancel();
    this.nextAt = undefined;
  }

  #plan(ms: number): void {
    this.#unplan();
    if (this.#isPaused || this.#over.signal.aborted) return;
    const { clock } = this.#options;
    this.nextAt = clock.now() + ms;
    this.#cancel = clock.after(ms, () => void this.now());
  }

  async #probe(): Promise<void> {
    const { attempt, clock, changed, measureStall, timeoutMs, failures } = this.#options;
    const before = { trouble: this.trouble, ok: this.last?.ok };
    const isConfirming = this.#failures > 0 && this.#failures < failures;
    const patience = isConfirming ? timeoutMs * CONFIRMING : timeoutMs;
    const begun = clock.now();
    const stalled = measureStall();
    let wait: number;
    try {
      const answered = await attempt(this.#over.signal, patience);
      const isStalled = stalled();
      wait = answered ? this.#answered(answered, isStalled || answered.isStalled === true) : this.#interval();
    } catch (error) {
      const isStalled = stalled();
      if (this.#over.signal.aborted) return;
      const known = asKnown(error);
      const mayBeStall = isStalled || known.data?.isStalled === true;
      const isUnclear = mayBeStall && MAY_BE_STALLS.has(known.code) && this.#unclear < MOST_UNCLEAR;
      this.#unclear = isUnclear ? this.#unclear + 1 : 0;
      wait = isUnclear ? this.#confirmation() : await this.#failed(known, begun);
    }
    this.#plan(wait);
    if (this.trouble !== before.trouble || this.last?.ok !== before.ok) changed();
  }

  /** Milliseconds until the next probe. */
  #answered({ at, ms, flaw }: Answered, isStalled: boolean): number {
    const { slowMs, server } = this.#options;
    this.last = { at, ok: true, ms };
    this.#failures = 0;
    this.#unclear = 0;
    this.#slow = ms > slowMs && !isStalled ? this.#slow + 1 : 0;
    const isNew = flaw !== undefined && flaw !== this.trouble;
    this.trouble = flaw ?? (this.#slow < SLOW_ANSWERS ? undefined : slow(server, ms, slowMs));
    // It may have begun to hang while it was called.
    if (isNew) return this.#confirmation();
    // One slow answer may be an accident: the next tells, and at once.
    if (this.#slow === 1) return 0;
    // An answer somebody else got is as old as it is.
    return Math.max(0, this.#interval() - (this.#options.clock.now() - at));
  }

  async #failed(error: McpctlError, begun: number): Promise<number> {
    const { clock, failures, mend, changed } = this.#options;
    const now = clock.now();
    this.last = { at: now, ok: false, ms: now - begun };
    this.trouble = error;
    this.#slow = 0;
    // It is there; asking more often or starting it again signs nobody in, and ends no call it works on.
    this.#failures = needsSignIn(error) || isBusy(error) ? 0 : this.#failures + 1;
    if (this.#failures === 0) return isBusy(error) ? this.#confirmation() : this.#interval();
    if (this.#failures < failures) return this.#repetition(error, now - begun);
    if (this.#failures === failures && mend) {
      const { signal } = this.#over;
      this.#isMending = true;
      changed();
      try {
        await mend(error, signal);
        return this.#confirmation();
      } catch (reason) {
        if (!signal.aborted) this.trouble = asKnown(reason);
      } finally {
        this.#isMending = false;
      }
    }
    return this.#interval() * Math.min(2 ** (this.#failures - failures), LONGEST_WAIT);
  }

  /** What was not answered is asked again sooner. */
  #confirmation(): number {
    const { timeoutMs, intervalMs } = this.#options;
    return Math.min(timeoutMs, intervalMs);
  }

  /** Who was silent had time to answer: it is asked again at once. Who was refused may be let in after a while. */
  #repetition({ code }: McpctlError, took: number): number {
    if (code !== 'SERVER_TIMEOUT') return this.#confirmation();
    return Math.max(0, this.#confirmation() * CONFIRMING - took);
  }

  #interval(): number {
    const { intervalMs, random } = this.#options;
    return intervalMs * (1 - JITTER * random());
  }
}

function slow(server: string, ms: number, slowMs: number): McpctlError {
  return new McpctlError(
    'SERVER_SLOW',
    `${server} takes ${Math.round(ms)} ms to answer, more than ${slowMs} ms.`,
    { hint: `mcpctl doctor ${server}`, data: { server, ms: Math.round(ms) } },
  );
}
