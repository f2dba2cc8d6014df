import { stat } from 'node:fs/promises';
import { withGenerations } from './generations.ts';
import { linesFrom } from './lines.ts';
import { createLineReader, type LogLine } from './log-line.ts';
import { byTime, isAsked, type LogPosition, type LogQuery, placesOf } from './read-log.ts';

export interface FollowOptions extends Omit<LogQuery, 'since'> {
  /** Where `readLogs` ended. */
  readonly positions: ReadonlyMap<string, LogPosition>;
  readonly signal: AbortSignal;
  /** Between two looks, half a second by default: soon enough for a person, and little to do while nothing comes. */
  readonly pollMs?: number;
}

interface Followed {
  position: LogPosition | undefined;
  /** Size of the newest file when it was looked at. */
  size: number | undefined;
  read(line: string): LogLine;
}

/**
 * New lines as they come, those of one look merged by time, until the signal aborts. Files may be set aside, cut or
 * appear meanwhile. Nothing is watched but looked at: not every file system tells of changes.
 */
export async function* followLogs(options: FollowOptions): AsyncGenerator<LogLine[]> {
  const { positions, signal, pollMs = 500 } = options;
  const followed = new Map<string, Followed>();
  const begun = new Map(positions);
  while (!signal.aborted) {
    const found: LogLine[][] = [];
    const places = await placesOf(options);
    for (const path of followed.keys()) {
      if (!places.some((place) => place.path === path)) followed.delete(path);
    }
    for (const place of places) {
      const state: Followed = followed.get(place.path) ?? {
        position: begun.get(place.path),
        size: undefined,
        read: createLineReader(place),
      };
      followed.set(place.path, state);
      begun.delete(place.path);
      const lines = (await newLines(place.path, state)).map(state.read);
      found.push(lines.filter((line) => isAsked(line, options)));
    }
    const lines = found.flat();
    if (lines.length > 0) yield byTime(lines);
    await pause(pollMs, signal);
  }
}

async function newLines(path: string, state: Followed): Promise<string[]> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  const isKnown = stats && `${stats.dev}:${stats.ino}` === state.position?.id;
  if ((!stats && !state.position) || (isKnown && Number(stats.size) === state.size)) return [];
  return await withGenerations(path, async (files) => {
    const index = files.findIndex(({ id }) => id === state.position?.id);
    // Removed; what comes next may get its number.
    if (files.length === 0) state.position = undefined;
    const unread = files.slice(0, index === -1 ? files.length : index + 1).reverse();
    const found: string[][] = [];
    for (const [order, { handle, id, size }] of unread.entries()) {
      const known = id === state.position?.id ? state.position.offset : 0;
      // Somebody emptied it.
      const start = known > size ? 0 : known;
      const read = await linesFrom(handle, start, order < unread.length - 1);
      found.push(read.lines);
      state.position = { id, offset: read.end };
      state.size = Math.max(size, read.end);
    }
    return found.flat();
  });
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
