import { plainLine } from '../../../cli/terminal-text.ts';
import type { ObservedServer } from '../../../watch/observation.ts';
import { shownBytes, shownRate } from '../status-view.ts';
import { NONE, shortLatency, shortRatio, shortSpan, shortToken } from './short-facts.ts';
import { STATES, type Tone } from './tone.ts';

export interface Cell {
  readonly text: string;
  readonly tone: Tone;
}

export interface Column {
  readonly title: string;
  /** Where the filling goes: numbers are `right`. */
  readonly side: 'left' | 'right';
  /** Columns it takes at least, so that rows do not jump as values change. */
  readonly least: number;
  /** The lowest stays longest when there is not room for all. */
  readonly rank: number;
  cell(server: ObservedServer, now: number): Cell;
}

const MUCH_FAILS = 0.1;
const EXPIRES_SOON_MS = 5 * 60_000;

const plain = (text: string, tone: Tone = 'plain'): Cell => ({ text, tone: text === NONE ? 'dim' : tone });

/** All of them, from left to right. */
export const COLUMNS: readonly Column[] = [
  {
    title: 'server',
    side: 'left',
    least: 8,
    rank: 0,
    cell: ({ name }) => plain(plainLine(name)),
  },
  {
    title: 'state',
    side: 'left',
    least: 12,
    rank: 1,
    cell: ({ state }) => plain(`${STATES[state].symbol} ${state}`, STATES[state].tone),
  },
  {
    title: 'for',
    side: 'right',
    least: 3,
    rank: 8,
    cell: ({ since }, now) => plain(shortSpan(now - Date.parse(since)), 'dim'),
  },
  {
    title: 'probe',
    side: 'right',
    least: 6,
    rank: 2,
    cell: ({ probe }) =>
      plain(probe?.ok === false ? 'failed' : shortLatency(probe?.ms), probe?.ok === false ? 'bad' : 'plain'),
  },
  {
    title: 'p95',
    side: 'right',
    least: 6,
    rank: 4,
    cell: ({ calls }) => plain(shortLatency(calls.p95Ms)),
  },
  {
    title: 'calls/min',
    side: 'right',
    least: 9,
    rank: 5,
    cell: ({ calls }) => plain(calls.perMinute === 0 ? NONE : shownRate(calls.perMinute)),
  },
  {
    title: 'errors',
    side: 'right',
    least: 6,
    rank: 3,
    cell: ({ calls: { errorRatio } }) => {
      const tone =
        errorRatio === null || errorRatio === 0 ? 'plain' : errorRatio >= MUCH_FAILS ? 'bad' : 'warn';
      return plain(shortRatio(errorRatio), tone);
    },
  },
  {
    title: 'cache',
    side: 'right',
    least: 5,
    rank: 12,
    cell: ({ cacheHitRatio }) => plain(shortRatio(cacheHitRatio)),
  },
  {
    title: 'restarts',
    side: 'right',
    least: 8,
    rank: 10,
    cell: ({ restarts }) => plain(String(restarts), restarts > 0 ? 'warn' : 'dim'),
  },
  {
    title: 'memory',
    side: 'right',
    least: 7,
    rank: 7,
    cell: ({ rssBytes }) => plain(shownBytes(rssBytes)),
  },
  {
    title: 'tools',
    side: 'right',
    least: 5,
    rank: 6,
    cell: ({ tools }) => toolsCell(tools),
  },
  {
    title: 'token',
    side: 'right',
    least: 5,
    rank: 9,
    cell({ token }, now) {
      const left =
        typeof token?.expiresAt === 'string' ? Date.parse(token.expiresAt) - now : Number.POSITIVE_INFINITY;
      return plain(shortToken(token, now), left <= 0 ? 'bad' : left < EXPIRES_SOON_MS ? 'warn' : 'plain');
    },
  },
  {
    title: 'era',
    side: 'left',
    least: 6,
    rank: 13,
    cell: ({ era }) => plain(era ?? NONE, 'dim'),
  },
  {
    title: 'next',
    side: 'right',
    least: 4,
    rank: 11,
    cell: ({ nextProbeAt }, now) =>
      plain(nextProbeAt === undefined ? NONE : shortSpan(Date.parse(nextProbeAt) - now), 'dim'),
  },
];

/** `34/34` of the locked ones; those that are not what was locked follow, as in `34/34 ≠2`. */
function toolsCell({ offered, locked, changed }: ObservedServer['tools']): Cell {
  if (offered === null && locked === null) return plain(NONE);
  const counts = `${offered ?? NONE}/${locked ?? NONE}`;
  if (changed.length > 0) return plain(`${counts} ≠${changed.length}`, 'warn');
  return plain(counts, offered !== null && locked !== null && offered < locked ? 'warn' : 'plain');
}
