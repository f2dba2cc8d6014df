import { asKnown, McpctlError, needsSignIn } from '../../core/errors.ts';
import type { Clock } from './clock.ts';
import { createRestartPolicy, RESTARTS } from './restart-policy.ts';

export interface RevivalOptions {
  readonly server: string;
  readonly clock: Clock;
  /** Starts the program and sees to it that it works. */
  bring(): Promise<void>;
  /** It was given up for now. */
  gaveUp(reason: McpctlError): void;
  note(text: string): void;
}

/** Starts a program again until it works or is given up. */
export interface Revival {
  /** Settles when what is under way is over; never rejects. */
  readonly underWay: Promise<void> | undefined;
  /** Why it is not there, or was given up. */
  readonly reason: McpctlError | undefined;
  /** Begins because the program ended; `healthyMs` it had worked. */
  afterEnd(reason: McpctlError, healthyMs: number): void;
  /** Begins, or does what waits at once, because somebody asked; what was before is forgiven. */
  now(): void;
  /** Begins once when it was given up long enough ago. @throws why it was given up, when that is too recent. */
  afterRest(): void;
  /** Nothing is started any more. */
  stop(): void;
}

export function createRevival({ server, clock, bring, gaveUp, note }: RevivalOptions): Revival {
  const policy = createRestartPolicy(clock);
  let hurry = new AbortController();
  let underWay: Promise<void> | undefined;
  let reason: McpctlError | undefined;
  let gaveUpAt = 0;
  let isOver = false;

  const giveUp = (why: McpctlError): void => {
    gaveUpAt = clock.now();
    reason = needsSignIn(why) ? why : crashLoop(server, why);
    note(reason.message);
    gaveUp(reason);
  };
  const tryOnce = async (): Promise<McpctlError | undefined> => {
    try {
      await bring();
      return undefined;
    } catch (error) {
      return asKnown(error);
    }
  };
  const attempt = async (first: number | undefined): Promise<void> => {
    let pause = first;
    while (pause !== undefined) {
      if (pause > 0) await clock.wait(pause, hurry.signal);
      if (isOver) return;
      reason = await tryOnce();
      if (isOver || !reason) return;
      pause = needsSignIn(reason) ? undefined : policy.ended(0);
      note(`${reason.message}${pause === undefined ? '' : ` The next try is in ${pause / 1000} s.`}`);
    }
    giveUp(reason ?? new McpctlError('SERVER_EXITED', `${server} has ended.`));
  };
  const begin = (pause: number | undefined): void => {
    hurry = new AbortController();
    underWay = attempt(pause).finally(() => {
      underWay = undefined;
    });
  };
  return {
    get underWay() {
      return underWay;
    },
    get reason() {
      return reason;
    },
    afterEnd(why, healthyMs) {
      reason = why;
      begin(policy.ended(healthyMs));
    },
    now() {
      policy.forgive();
      if (underWay) hurry.abort();
      else begin(0);
    },
    afterRest() {
      const restLeft = gaveUpAt + RESTARTS.restMs - clock.now();
      if (restLeft > 0 && reason) {
        const { code, message, hint, data } = reason;
        throw new McpctlError(code, message, {
          ...(hint !== undefined && { hint }),
          data: { ...data, retryAfterMs: Math.ceil(restLeft) },
        });
      }
      if (!underWay) begin(0);
    },
    stop() {
      isOver = true;
      hurry.abort();
    },
  };
}

function crashLoop(server: string, why: McpctlError): McpctlError {
  return new McpctlError(
    'SERVER_CRASH_LOOP',
    `${server} ended again and again and is left stopped. ${why.message}`,
    {
      hint: `mcpctl doctor ${server}`,
      cause: why,
      data: { server, cause: why.code, sent: false },
    },
  );
}
