import type { ObservedServer } from '../../../watch/observation.ts';

/** Stands for what is not known. */
export const NONE = '-';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `18s`, `51m`, `3h`, `6d`: how long a time is, in its largest unit. */
export function shortSpan(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < MINUTE) return `${Math.floor(span / SECOND)}s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)}m`;
  return span < 2 * DAY ? `${Math.floor(span / HOUR)}h` : `${Math.floor(span / DAY)}d`;
}

/** `<1 ms`, `12 ms`, `1.2 s`, `14 s`. */
export function shortLatency(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return NONE;
  if (milliseconds < 0.5) return '<1 ms';
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / SECOND;
  return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

/** `2 %`; what is less than one and more than none is `<1 %`. */
export function shortRatio(ratio: number | null): string {
  if (ratio === null) return NONE;
  return ratio > 0 && ratio < 0.005 ? '<1 %' : `${Math.round(ratio * 100)} %`;
}

/** `51m`, `expired`, `no end`. */
export function shortToken(token: ObservedServer['token'], now: number): string {
  if (!token) return NONE;
  if (token.expiresAt === null) return 'no end';
  const left = Date.parse(token.expiresAt) - now;
  return left > 0 ? shortSpan(left) : 'expired';
}
