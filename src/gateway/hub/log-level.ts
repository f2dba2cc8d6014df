/** RFC 5424, least important first. */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

export function isLogLevel(value: unknown): value is string {
  return typeof value === 'string' && LEVELS.includes(value);
}

/** Whether a client that wants `wanted` hears of a message; one that said nothing hears of all. */
export function reachesLevel(level: unknown, wanted: string | undefined): boolean {
  return wanted === undefined || LEVELS.indexOf(String(level)) >= LEVELS.indexOf(wanted);
}

/** The level that leaves out nothing any of them wants. */
export function lowestLevel(wanted: readonly string[]): string | undefined {
  return LEVELS.find((level) => wanted.includes(level));
}
