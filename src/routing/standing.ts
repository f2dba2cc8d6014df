/** What decides whether a server or tool may be suggested at all, and what tips the scales between equals. */
export interface Standing {
  /** Why it must not be suggested, in words; then it never wins on text. */
  readonly barred?: string | undefined;
  /** Share of calls that worked, 0 to 1. */
  readonly successRate?: number | undefined;
  /** Half of the calls took less, in milliseconds. */
  readonly p50Ms?: number | undefined;
  /** Requests cost money. */
  readonly isPaid?: boolean | undefined;
  /** What was said of it for nearly this request: -1 wrong, 1 right. */
  readonly said?: number | undefined;
}

/** At most this much of a score; relevance comes first. */
const LARGEST = 0.03;
const SLOW_MS = 5000;

/** What somebody said counts more than any word. */
const SAID = 0.6;

/** What experience and cost add to a score; 0 where nothing is known. */
export function tieBreaker({ successRate, p50Ms, isPaid, said = 0 }: Standing): number {
  const works = successRate === undefined ? 0 : (successRate - 1) * LARGEST;
  const waits = p50Ms === undefined ? 0 : -Math.min(1, p50Ms / SLOW_MS) * (LARGEST / 3);
  return works + waits - (isPaid ? LARGEST / 6 : 0) + said * SAID;
}
