const LONGEST_WAIT = 3_600_000;

/** How long a `Retry-After` header asks to wait, in milliseconds, at most an hour; undefined when it does not say. */
export function readRetryAfter(header: string | null | undefined, now = Date.now()): number | undefined {
  const text = header?.trim() ?? '';
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_WAIT);
}
