import { asKnown, type McpctlError, needsSignIn } from '../../core/errors.ts';
import { neverSent } from '../../core/never-sent.ts';

/** Remembers that a server could not be started, so that not every call tries again. */
export interface StartFailures {
  /** @throws why it could not, as long as that is recent. */
  check(): void;
  failed(error: unknown): McpctlError;
  succeeded(): void;
  last(): McpctlError | undefined;
}

/** Somebody may sign in meanwhile, which nobody tells us. */
const SIGN_IN_PAUSE_MS = 5000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

export function createStartFailures(server: string, now: () => number): StartFailures {
  let count = 0;
  let until = 0;
  let reason: McpctlError | undefined;
  return {
    check() {
      if (!reason || now() >= until) return;
      // Nothing was sent: whoever may wait can try again.
      throw neverSent(reason, { server, retryAfterMs: until - now() });
    },
    failed(error) {
      const known = asKnown(error);
      if (known.code === 'CANCELLED') return known;
      reason = known;
      count += 1;
      const pause = needsSignIn(known)
        ? SIGN_IN_PAUSE_MS
        : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - 1));
      until = now() + pause;
      return neverSent(known, { server });
    },
    succeeded() {
      count = 0;
      reason = undefined;
    },
    last: () => reason,
  };
}
