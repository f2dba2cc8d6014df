import { McpctlError } from '../../core/errors.ts';
import type { BreakerSettings } from '../../settings/call-settings.ts';
import type { Clock } from '../clock.ts';
import { codeOf } from '../failure.ts';
import type { Meter } from '../meter.ts';
import type { ToolMiddleware } from '../tool-call.ts';

/**
 * What says nothing about the health of a server, or is minded elsewhere, as crashes are: what keeps us from our own
 * token never reached it. An `isError` result is an answer and no failure at all.
 */
const NO_FAILURE = new Set([
  'CANCELLED',
  'CREDENTIAL_CORRUPT',
  'KEYCHAIN_UNAVAILABLE',
  'LOCK_TIMEOUT',
  'OAUTH_UNAVAILABLE',
  'RATE_LIMITED',
  'SCOPE_REFUSED',
  'SERVER_BUSY',
  'SERVER_CRASH_LOOP',
  'SIGN_IN_NEEDED',
]);

/** How long others wait while one call tries a server again, in milliseconds. */
const PROBE_MS = 1000;

/** The first time it opens, in milliseconds: a server that is only started again is back by then. */
const FIRST_MS = 1000;

/**
 * Leaves a server alone that keeps failing: after so many failures in a row, or so large a share of them, calls are
 * refused for a second; then one may try, and the rest follow when it was answered. Each try that fails doubles the
 * time, up to `openMs`. @throws SERVER_RESTING
 */
export function breaker(settings: BreakerSettings, clock: Clock, meter: Meter): ToolMiddleware {
  if (!settings.enabled) return (next) => next;
  const servers = new Map<string, Circuit>();
  const circuitOf = (server: string): Circuit => {
    const circuit = servers.get(server) ?? createCircuit(settings, clock);
    servers.set(server, circuit);
    return circuit;
  };
  return (next) => (call) => {
    const { server } = call;
    const circuit = circuitOf(server);
    const entry = circuit.enter();
    if ('retryAfterMs' in entry) return Promise.reject(resting(server, entry.retryAfterMs));
    if (entry.isProbe) meter.breaker(server, 'half-open');
    const tell = (state: 'closed' | 'open' | undefined): void => {
      if (state) meter.breaker(server, state);
    };
    return next(call).then(
      (answer) => {
        tell(circuit.succeeded(entry));
        return answer;
      },
      (error: unknown) => {
        if (call.signal.aborted || NO_FAILURE.has(codeOf(error)) || isRestarting(error)) circuit.left(entry);
        else tell(circuit.failed(entry));
        throw error;
      },
    );
  };
}

/** The program ended and is started again at once: the next call finds it sound, or a crash loop. */
function isRestarting(error: unknown): boolean {
  return error instanceof McpctlError && error.data?.isRestarting === true;
}

interface Entry {
  readonly isProbe: boolean;
}

const NO_PROBE: Entry = { isProbe: false };

interface Circuit {
  enter(): Entry | { readonly retryAfterMs: number };
  /** The state that came of it, when it changed. */
  succeeded(entry: Entry): 'closed' | undefined;
  failed(entry: Entry): 'open' | undefined;
  left(entry: Entry): void;
}

function createCircuit(settings: BreakerSettings, clock: Clock): Circuit {
  const { failures, ratio, minimum, openMs } = settings;
  let openUntil: number | undefined;
  let isProbing = false;
  let inRow = 0;
  let restMs = FIRST_MS;
  let recent = createRecent(settings, clock);
  const note = (isFailure: boolean): void => {
    inRow = isFailure ? inRow + 1 : 0;
    recent.note(isFailure);
  };
  const isTooMuch = (): boolean => {
    if (inRow >= failures) return true;
    const { all, failed } = recent.counts();
    return all >= minimum && failed / all >= ratio;
  };
  return {
    enter() {
      if (openUntil === undefined) return NO_PROBE;
      const left = openUntil - clock.now();
      if (left > 0) return { retryAfterMs: Math.ceil(left) };
      if (isProbing) return { retryAfterMs: PROBE_MS };
      isProbing = true;
      return { isProbe: true };
    },
    succeeded({ isProbe }) {
      if (isProbe) {
        isProbing = false;
        openUntil = undefined;
        inRow = 0;
        restMs = FIRST_MS;
        recent = createRecent(settings, clock);
        return 'closed';
      }
      // What began before it opened does not close it.
      if (openUntil === undefined) note(false);
      return undefined;
    },
    failed({ isProbe }) {
      if (!isProbe && openUntil !== undefined) return undefined;
      note(true);
      if (!isProbe && !isTooMuch()) return undefined;
      isProbing = false;
      openUntil = clock.now() + Math.min(restMs, openMs);
      restMs *= 2;
      return 'open';
    },
    left({ isProbe }) {
      if (isProbe) isProbing = false;
    },
  };
}

const BUCKETS = 10;

/** Counts of the last `windowMs`, to a tenth of it. */
function createRecent({ windowMs }: BreakerSettings, clock: Clock) {
  const width = Math.max(1, windowMs / BUCKETS);
  let buckets: { readonly number: number; all: number; failed: number }[] = [];
  const current = (): number => Math.floor(clock.now() / width);
  return {
    note(isFailure: boolean): void {
      const number = current();
      let last = buckets.at(-1);
      if (last?.number !== number) {
        last = { number, all: 0, failed: 0 };
        buckets = [...buckets.filter((each) => each.number > number - BUCKETS), last];
      }
      last.all += 1;
      if (isFailure) last.failed += 1;
    },
    counts() {
      const oldest = current() - BUCKETS;
      const sum = { all: 0, failed: 0 };
      for (const { number, all, failed } of buckets) {
        if (number <= oldest) continue;
        sum.all += all;
        sum.failed += failed;
      }
      return sum;
    },
  };
}

function resting(server: string, retryAfterMs: number): McpctlError {
  return new McpctlError(
    'SERVER_RESTING',
    `${server} failed again and again and is left alone for a while.`,
    {
      hint: `mcpctl doctor ${server}`,
      data: { server, retryAfterMs, sent: false },
    },
  );
}
