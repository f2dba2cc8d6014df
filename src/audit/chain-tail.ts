import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../platform/sync-folder.ts';
import type { AuditPlace, Segment } from './log-files.ts';
import { type ChainHead, type ReadLine, readLine } from './row-line.ts';
import { segmentLines } from './segment-lines.ts';

/** What a killed writer left of a row, moved out of the way. */
export interface TornRow {
  /** Name of the segment it was in. */
  readonly segment: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Bytes behind the last whole row; a segment without any goes altogether. */
interface Remains {
  readonly segment: Segment;
  readonly from: number;
}

export interface Tail {
  /** The last whole row; undefined when there is none. */
  readonly last: { readonly head: ChainHead; readonly day: string; readonly size: number } | undefined;
  readonly remains: readonly Remains[];
}

/** The end of a chain from its segments, the newest last. A text says why nothing may be added. */
export async function findTail(segments: readonly Segment[]): Promise<Tail | string> {
  const remains: Remains[] = [];
  for (const segment of [...segments].reverse()) {
    const { line, end, size } = await lastLine(segment.path);
    if (size > end || !line) remains.push({ segment, from: end });
    if (!line) continue;
    const read = readLine(line);
    if (typeof read === 'string') return `${segment.name}: ${read}`;
    return { last: { head: { seq: read.seq, hash: read.hash }, day: segment.day, size: end }, remains };
  }
  return { last: undefined, remains };
}

/** Moves what a killed writer left to `quarantine`. */
export async function mendTail(place: AuditPlace, { remains }: Tail): Promise<TornRow[]> {
  const torn: TornRow[] = [];
  for (const { segment, from } of remains) {
    const handle = await open(segment.path, 'r+');
    try {
      const bytes = await bytesAt(handle, from, (await handle.stat()).size);
      if (bytes.length > 0) torn.push(await quarantine(place, segment, bytes));
      await handle.truncate(from);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (from === 0) await rm(segment.path);
  }
  return torn;
}

/**
 * How many rows stand behind `known` in these segments; a text when that row is not there as it was. A writer that was
 * killed may have written rows and not said so in the head.
 */
export async function countRowsAfter(
  segments: readonly Segment[],
  known: ChainHead,
): Promise<number | string> {
  let rows = 0;
  let last = known.seq === 0 ? known : undefined;
  for await (const read of readRows(segments)) {
    if (typeof read === 'string') return read;
    if (read.seq < known.seq) continue;
    const fits = read.seq === known.seq ? read.hash === known.hash : read.prev === last?.hash;
    if (!fits) return `row ${read.seq} is not the one it was`;
    if (read.seq > known.seq) rows += 1;
    last = read;
  }
  return rows;
}

async function* readRows(segments: readonly Segment[]): AsyncGenerator<ReadLine | string> {
  for (const { path } of segments) {
    for await (const line of segmentLines(path)) {
      // The writer that was killed may have left the last one unfinished.
      if (line.at(-1) === NEWLINE) yield readLine(line);
    }
  }
}

const BLOCK = 64 * 1024;
const NEWLINE = 0x0a;

/** The last whole line, and where it ends. Read backwards in growing steps. */
async function lastLine(path: string): Promise<{ line?: Buffer; end: number; size: number }> {
  const handle = await open(path, 'r');
  try {
    return await searchBack(handle, (await handle.stat()).size);
  } finally {
    await handle.close();
  }
}

async function searchBack(
  handle: FileHandle,
  size: number,
): Promise<{ line?: Buffer; end: number; size: number }> {
  for (let length = Math.min(BLOCK, size); length > 0; length = Math.min(length * 4, size)) {
    const bytes = await bytesAt(handle, size - length, size);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const start = end === 0 ? -1 : bytes.lastIndexOf(NEWLINE, end - 2) + 1;
    if (end > 0 && (start > 0 || length === size)) {
      return { line: bytes.subarray(start, end), end: size - length + end, size };
    }
    if (length === size) break;
  }
  return { end: 0, size };
}

async function bytesAt(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.alloc(to - from);
  let read = 0;
  while (read < bytes.length) {
    const { bytesRead } = await handle.read(bytes, read, bytes.length - read, from + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

async function quarantine({ folder }: AuditPlace, segment: Segment, bytes: Buffer): Promise<TornRow> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const home = join(folder, 'quarantine');
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFile(join(home, `${segment.name}.${sha256.slice(0, 12)}`), bytes, { mode: 0o600, flush: true });
  await syncFolder(home);
  return { segment: segment.name, bytes: bytes.length, sha256 };
}
