import { isDown } from '../../gateway/hub/is-down.ts';
import type { HistoryLine, StateLine } from './line.ts';
import { BEAT_MS } from './recorder.ts';

/** Share of the time a server should work. */
export const GOAL = 0.99;

const HOUR_MS = 3_600_000;
export const WINDOWS = { '24h': 24 * HOUR_MS, '7d': 7 * 24 * HOUR_MS, '30d': 30 * 24 * HOUR_MS } as const;
export type WindowName = keyof typeof WINDOWS;

export interface Uptime {
  /** 0 to 1, of the time somebody watched; null when nobody did. */
  readonly ratio: number | null;
  /** Time it was watched, in seconds. */
  readonly watchedSeconds: number;
}

export interface ServerLevel {
  readonly name: string;
  readonly uptime: Readonly<Record<WindowName, Uptime>>;
  /** Within 30 days, times it stopped working. */
  readonly incidents: number;
  /** Mean time from when it last was known to work until that was noticed, in seconds; null without any. */
  readonly detectSeconds: number | null;
  /** Mean time from then until it worked again, in seconds. */
  readonly recoverSeconds: number | null;
}

/** Time without a line after which nobody was watching. */
const GAP_MS = 3 * BEAT_MS;

/** A server in one state, as long as somebody watched. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** Undefined where it is no question whether it works. */
  readonly isUp: boolean | undefined;
  readonly goodAt: number | undefined;
  /** Somebody watched it until then without a gap. */
  readonly isContinued: boolean;
}

/** How well each server worked, by what was written; time nobody watched does not count. */
export function serviceLevels(lines: readonly HistoryLine[], now: number): ServerLevel[] {
  const names = new Set(lines.flatMap((line) => (line.kind === 'state' ? [line.server] : [])));
  return [...names].sort().map((name) => levelOf(name, spansOf(name, lines, now), now));
}

function levelOf(name: string, spans: readonly Span[], now: number): ServerLevel {
  const recent = spans.filter(({ from }) => from >= now - WINDOWS['30d']);
  const incidents: Span[] = [];
  const recoveries: number[] = [];
  let before: Span | undefined;
  let downSince: number | undefined;
  for (const span of recent) {
    // What happened while nobody watched, nobody knows.
    if (!span.isContinued) downSince = undefined;
    if (span.isUp === false && before?.isUp === true && span.isContinued) {
      incidents.push(span);
      downSince = span.from;
    } else if (span.isUp === true && downSince !== undefined) {
      recoveries.push(span.from - downSince);
      downSince = undefined;
    }
    before = span;
  }
  const detections = incidents.flatMap(({ from, goodAt }) => (goodAt === undefined ? [] : [from - goodAt]));
  const uptimes = Object.entries(WINDOWS).map(([window, ms]) => [window, uptimeOf(spans, now - ms)]);
  return {
    name,
    uptime: Object.fromEntries(uptimes) as ServerLevel['uptime'],
    incidents: incidents.length,
    detectSeconds: meanSeconds(detections),
    recoverSeconds: meanSeconds(recoveries),
  };
}

function spansOf(name: string, lines: readonly HistoryLine[], now: number): Span[] {
  const spans: Span[] = [];
  let open: { readonly line: StateLine; readonly isContinued: boolean } | undefined;
  let watchedUntil: number | undefined;
  const close = (to: number): void => {
    if (!open) return;
    const { line, isContinued } = open;
    spans.push({ from: line.at, to, isUp: judge(line), goodAt: line.goodAt, isContinued });
    open = undefined;
  };
  for (const line of [...lines, { kind: 'beat', at: now } as const]) {
    const isWatched = line.kind !== 'begin' && watchedUntil !== undefined && line.at - watchedUntil <= GAP_MS;
    if (!isWatched) close(watchedUntil ?? line.at);
    watchedUntil = line.at;
    if (line.kind !== 'state' || line.server !== name) continue;
    const isContinued = open !== undefined;
    close(line.at);
    open = { line, isContinued };
  }
  close(now);
  return spans;
}

/** Whether it works; undefined where that is not the question: it is stopped on purpose, or nobody signed in. */
function judge({ state, code }: StateLine): boolean | undefined {
  if (state === undefined || state === 'stopped' || state === 'needs-auth') return undefined;
  // Nobody waits for one that starts for the first time.
  if (state === 'starting' && code === undefined) return undefined;
  return !isDown({ state, ...(code !== undefined && { code }) });
}

function uptimeOf(spans: readonly Span[], since: number): Uptime {
  let up = 0;
  let all = 0;
  for (const { from, to, isUp } of spans) {
    if (isUp === undefined) continue;
    const ms = Math.max(0, to - Math.max(from, since));
    all += ms;
    if (isUp) up += ms;
  }
  return { ratio: all === 0 ? null : up / all, watchedSeconds: Math.round(all / 1000) };
}

function meanSeconds(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.round(mean) / 1000;
}
