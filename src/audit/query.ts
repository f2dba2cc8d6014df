import type { AuditPlace } from './log-files.ts';
import { listLogFiles } from './log-files.ts';
import { type CallRow, type Outcome, type Row, rowSchema } from './row.ts';
import { readLine } from './row-line.ts';
import { segmentLines } from './segment-lines.ts';

export interface QueryFilter {
  readonly since?: Date;
  readonly until?: Date;
  readonly server?: string;
  readonly tool?: string;
  /** Pseudonym. */
  readonly sub?: string;
  readonly outcome?: Outcome;
  /** The latest ones count. */
  readonly limit: number;
}

export interface Found {
  /** By time. */
  readonly calls: CallRow[];
  /** Lines that are no whole, unchanged rows. */
  readonly damaged: number;
}

const DAY_MS = 86_400_000;

/** Every call that fits, by day and chain; undefined for each line that is no whole, unchanged row. */
export async function* findCalls(
  place: AuditPlace,
  filter: Omit<QueryFilter, 'limit'>,
): AsyncGenerator<CallRow | undefined> {
  const { since, until } = filter;
  // A call that began before midnight may stand in the segment of the next day.
  const lastDay = until && new Date(until.getTime() + DAY_MS).toISOString().slice(0, 10);
  const firstDay = since?.toISOString().slice(0, 10) ?? '';
  for (const { day, path } of (await listLogFiles(place)).segments) {
    if (day < firstDay || (lastDay !== undefined && day > lastDay)) continue;
    for await (const line of segmentLines(path)) {
      const row = parseRow(line);
      if (!row) yield undefined;
      else if (row.kind === 'call' && fits(row, filter)) yield row;
    }
  }
}

/** The latest calls that fit. */
export async function queryLog(place: AuditPlace, filter: QueryFilter): Promise<Found> {
  const { limit } = filter;
  let calls: CallRow[] = [];
  let damaged = 0;
  const keepLatest = (): void => {
    calls.sort((one, other) => (one.ts < other.ts ? -1 : 1));
    calls = calls.slice(-limit);
  };
  for await (const call of findCalls(place, filter)) {
    if (call) calls.push(call);
    else damaged += 1;
    if (calls.length >= 2 * limit + 1000) keepLatest();
  }
  keepLatest();
  return { calls, damaged };
}

/** A line as a row; undefined when it is none, or was changed. */
export function parseRow(line: Buffer): Row | undefined {
  const read = readLine(line);
  return typeof read === 'string' ? undefined : rowSchema.safeParse({ ...read.row, hash: read.hash }).data;
}

function fits(
  row: CallRow,
  { since, until, server, tool, sub, outcome }: Omit<QueryFilter, 'limit'>,
): boolean {
  return (
    (server === undefined || row.server === server) &&
    (tool === undefined || row.tool === tool) &&
    (outcome === undefined || row.outcome === outcome) &&
    (sub === undefined || row.sub === sub) &&
    (since === undefined || row.ts >= since.toISOString()) &&
    (until === undefined || row.ts < until.toISOString())
  );
}
