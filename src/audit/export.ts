import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import { type AuditPlace, listLogFiles } from './log-files.ts';
import { parseRow } from './query.ts';
import type { Row } from './row.ts';
import { segmentLines } from './segment-lines.ts';

export interface ExportedRow {
  readonly row: Row;
  /** As it stands in the log, with its line break. */
  readonly line: string;
}

export interface ExportOptions {
  readonly place: AuditPlace;
  readonly since?: Date;
  /** Continues behind what was delivered under this name before. */
  readonly cursor?: string;
  /** Takes a batch; the cursor moves on when it resolves, so a batch may come twice but never not at all. */
  deliver(rows: readonly ExportedRow[]): Promise<void>;
}

const BATCH = 500;

/** Hands out rows by day and chain, each chain in its order. Returns how many. */
export async function exportLog({ place, since, cursor, deliver }: ExportOptions): Promise<number> {
  const positions = cursor === undefined ? {} : await readCursor(place, cursor);
  const firstDay = since?.toISOString().slice(0, 10) ?? '';
  let batch: ExportedRow[] = [];
  let delivered = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    await deliver(batch);
    delivered += batch.length;
    for (const { row } of batch) positions[row.chain] = row.seq;
    batch = [];
    if (cursor !== undefined) await writeFileAtomic(cursorPath(place, cursor), JSON.stringify(positions));
  };
  for (const { day, path } of (await listLogFiles(place)).segments) {
    if (day < firstDay) continue;
    for await (const line of segmentLines(path)) {
      const row = parseRow(line);
      // A damaged line is the business of verify; a row being written comes with the next export.
      if (!row || row.seq <= (positions[row.chain] ?? 0)) continue;
      if (since && row.ts < since.toISOString()) continue;
      batch.push({ row, line: line.toString('utf8') });
      if (batch.length >= BATCH) await flush();
    }
  }
  await flush();
  return delivered;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function cursorPath({ folder }: AuditPlace, name: string): string {
  if (NAME.test(name)) return join(folder, 'cursors', `${name}.json`);
  throw new McpctlError('USAGE', `${JSON.stringify(name)} cannot be the name of a cursor.`, {
    hint: 'Use letters, digits, dots and dashes, for example: --cursor siem',
  });
}

async function readCursor(place: AuditPlace, name: string): Promise<Record<string, number>> {
  const path = cursorPath(place, name);
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return {};
    if (!(error instanceof SyntaxError)) throw error;
  }
  if (isRecord(value) && Object.values(value).every(Number.isSafeInteger))
    return value as Record<string, number>;
  throw new McpctlError('FILE_UNREADABLE', `${path} is no cursor of an export.`, {
    hint: `Remove it to export everything again: ${path}`,
    data: { path },
  });
}
