import { stat } from 'node:fs/promises';
import { type AuditPlace, listLogFiles } from './log-files.ts';
import { parseRow } from './query.ts';
import type { CallRow } from './row.ts';
import { segmentLines } from './segment-lines.ts';

/** Of a long segment only so many bytes of its end are read at first. */
const MOST_BYTES = 8 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a log as it grows: each call of what is returned gives the calls that were recorded since the one before, those
 * of the segments of `since` and later at first. Lines that are no rows are passed over.
 */
export function followLog(place: AuditPlace, since: Date): () => Promise<CallRow[]> {
  const firstDay = since.toISOString().slice(0, 10);
  const readUpTo = new Map<string, number>();
  return async () => {
    const calls: CallRow[] = [];
    for (const { day, path } of (await listLogFiles(place)).segments) {
      if (day < firstDay) continue;
      const { size } = await stat(path);
      let at = readUpTo.get(path) ?? Math.max(0, size - MOST_BYTES);
      if (at >= size) continue;
      for await (const line of segmentLines(path, at)) {
        // The rest of it has not been written yet.
        if (line.at(-1) !== NEWLINE) break;
        at += line.length;
        const row = parseRow(line);
        if (row?.kind === 'call') calls.push(row);
      }
      readUpTo.set(path, at);
    }
    return calls;
  };
}
