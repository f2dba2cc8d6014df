import { McpctlError } from '../core/errors.ts';

const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `30s`, `2m`, `1h`, `1d`, or a number of seconds, in milliseconds. @throws USAGE. */
export function parseDuration(text: string, flag: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  const milliseconds = Math.round(Number(number) * (UNITS[unit] ?? 1000));
  if (number !== undefined && milliseconds > 0) return milliseconds;
  throw new McpctlError('USAGE', `${flag} ${JSON.stringify(text)} is no duration.`, {
    hint: `For example: ${flag} 30s, ${flag} 500ms, ${flag} 2m`,
  });
}
