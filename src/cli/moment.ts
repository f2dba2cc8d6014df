import { McpctlError } from '../core/errors.ts';

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `30s`, `30m`, `24h`, `7d`, `2w` ago, or a date or time of ISO 8601 (a date alone is midnight UTC). @throws USAGE. */
export function parseMoment(text: string, flag: string, now: Date): Date {
  const [, number, unit = ''] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  const time = number === undefined ? readIso(text) : now.getTime() - Number(number) * (UNITS[unit] ?? 0);
  const moment = new Date(time);
  if (!Number.isNaN(moment.getTime())) return moment;
  throw new McpctlError('USAGE', `${flag} ${JSON.stringify(text)} is no time.`, {
    hint: `For example: ${flag} 24h, ${flag} 7d, ${flag} 2026-11-22, ${flag} 2026-11-22T09:30:00Z`,
  });
}

function readIso(text: string): number {
  return /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(text) ? Date.parse(text) : Number.NaN;
}
