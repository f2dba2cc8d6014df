import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError } from '../../core/errors.ts';
import { type Generation, withGenerations } from './generations.ts';
import { endOfLines, linesBackwards } from './lines.ts';
import { createLineReader, isFirstLine, type LogLine, type LogPlace } from './log-line.ts';
import { LEVELS, type Level } from './text-line.ts';

export interface LogQuery {
  /** Where log files are. */
  readonly folder: string;
  /** Names of servers, or `gateway` for all that gateways tell; all of them when empty. */
  readonly servers: readonly string[];
  /** Nothing below it. */
  readonly level?: Level;
  /** Nothing before it; milliseconds since 1970. */
  readonly since?: number;
}

/** Up to where a log was read. */
export interface LogPosition {
  /** Of the file. */
  readonly id: string;
  readonly offset: number;
}

export interface LogHistory {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** Lines left out because they tell no time, and it was asked from when on. */
  readonly undated: number;
  /** By path. */
  readonly positions: ReadonlyMap<string, LogPosition>;
}

export interface HistoryOptions extends LogQuery {
  /** At most so many, the latest. */
  readonly limit?: number;
  /** Somebody reads on: a line that is not whole yet is left to them. */
  readonly isFollowed: boolean;
}

/** The name by which the log of gateways is asked for. */
export const GATEWAY = 'gateway';

const OWN_FILE = 'gateway.jsonl';
/** Processes hold lines back for a moment, so that those of several do not stand in order. */
const DISORDER_MS = 10_000;

/** The latest lines of several logs, merged by time. */
export async function readLogs(options: HistoryOptions): Promise<LogHistory> {
  const positions = new Map<string, LogPosition>();
  const found: (readonly LogLine[])[] = [];
  let undated = 0;
  for (const place of await placesOf(options)) {
    const read = await withGenerations(place.path, async (files) => await readPlace(place, files, options));
    found.push(read.lines);
    undated += read.undated;
    if (read.position) positions.set(place.path, read.position);
  }
  const lines = byTime(found.flat());
  return { lines: options.limit === undefined ? lines : lines.slice(-options.limit), undated, positions };
}

/** The files a query is about; those of servers that have said nothing are not there yet. */
export async function placesOf({ folder, servers }: LogQuery): Promise<LogPlace[]> {
  const own = { path: join(folder, OWN_FILE) };
  const names = servers.length > 0 ? servers : await loggedServers(folder);
  return [...names.map((server) => ({ path: join(folder, `${server}.log`), server })), own];
}

/** Names of servers that have a log. */
export async function loggedServers(folder: string): Promise<string[]> {
  try {
    const names = (await readdir(folder)).map((file) => /^(.+)\.log(?:\.\d)?$/.exec(file)?.[1]);
    return [...new Set(names.filter((name) => name !== undefined))].sort();
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** True for a line that was asked for, but for its time. */
export function isAsked(line: LogLine, { servers, level }: LogQuery): boolean {
  if (level !== undefined && LEVELS.indexOf(line.level) < LEVELS.indexOf(level)) return false;
  if (line.from === 'server') return true;
  // With --verbose gateways note there what servers say, which their own files have as well.
  if (typeof line.facts?.source === 'string') return false;
  return servers.length === 0 || servers.includes(GATEWAY) || servers.includes(line.server ?? GATEWAY);
}

export function byTime(lines: LogLine[]): LogLine[] {
  return lines.sort((one, other) => (one.at ?? 0) - (other.at ?? 0));
}

interface PlaceHistory {
  readonly lines: readonly LogLine[];
  readonly undated: number;
  readonly position: LogPosition | undefined;
}

async function readPlace(
  place: LogPlace,
  files: readonly Generation[],
  options: HistoryOptions,
): Promise<PlaceHistory> {
  const [newest] = files;
  if (!newest) return { lines: [], undated: 0, position: undefined };
  const { limit = Number.POSITIVE_INFINITY, since = Number.NEGATIVE_INFINITY, isFollowed } = options;
  const offset = isFollowed ? await endOfLines(newest.handle, newest.size) : newest.size;
  const position = { id: newest.id, offset };
  const groups: LogLine[][] = [];
  let [count, undated] = [0, 0];
  for await (const group of groupsBackwards(place, files, offset)) {
    const asked = group.filter((line) => isAsked(line, options));
    const dated = asked.filter(({ at }) => at === undefined || at >= since);
    const fitting = options.since === undefined ? dated : dated.filter(({ at }) => at !== undefined);
    undated += dated.length - fitting.length;
    groups.push(fitting);
    count += fitting.length;
    const at = group[0]?.at;
    if (count >= limit || (at !== undefined && at < since - DISORDER_MS)) break;
  }
  return { lines: groups.reverse().flat(), undated, position };
}

/** What belongs together in its order, the last first. */
async function* groupsBackwards(
  place: LogPlace,
  files: readonly Generation[],
  end: number,
): AsyncGenerator<LogLine[]> {
  let held: string[] = [];
  for (const [index, { handle, size }] of files.entries()) {
    for await (const line of linesBackwards(handle, index === 0 ? end : size)) {
      held.push(line);
      if (!isFirstLine(line, place) && held.length < MOST_TOGETHER) continue;
      yield held.reverse().map(createLineReader(place));
      held = [];
    }
  }
  if (held.length > 0) yield held.reverse().map(createLineReader(place));
}

/** A file of junk is not held in memory whole. */
const MOST_TOGETHER = 1000;
