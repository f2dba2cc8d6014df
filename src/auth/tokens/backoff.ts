import { McpctlError } from '../../core/errors.ts';

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/** Keeps a failing authorization server from being asked again too soon. Times are of a clock that never jumps. */
export interface Backoff {
  /** The failure to repeat instead of asking, while it is too early; and how long that lasts. */
  hold(): { readonly error: unknown; readonly restMs: number } | undefined;
  failed(error: unknown): void;
  succeeded(): void;
}

/** Doubles from a second to half a minute with jitter, and never less than the server asks for. */
export function createBackoff(random: () => number = Math.random): Backoff {
  let failures = 0;
  let until = 0;
  let last: unknown;
  return {
    hold() {
      const restMs = until - performance.now();
      return restMs > 0 ? { error: last, restMs } : undefined;
    },
    failed(error) {
      const base = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures);
      const asked = error instanceof McpctlError ? Number(error.data?.retryAfterMs ?? 0) : 0;
      until = performance.now() + Math.max(asked, base * (0.5 + random() / 2));
      failures += 1;
      last = error;
    },
    succeeded() {
      failures = 0;
      until = 0;
    },
  };
}
