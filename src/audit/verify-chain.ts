import { checkpointText } from './chain-writer.ts';
import type { Segment } from './log-files.ts';
import type { LogKeys } from './log-keys.ts';
import { type ChainHead, GENESIS, type ReadLine, readLine } from './row-line.ts';
import type { FoundRecord } from './sealed-record.ts';
import { segmentLines } from './segment-lines.ts';

export interface Problem {
  /** Name within the folder of the log. */
  readonly file: string;
  /** Counts from 1. */
  readonly line?: number;
  readonly seq?: number;
  readonly what: string;
}

/** Rows that others remember: number → hash, and who says so. */
export type Pins = Map<number, { readonly hash: string; readonly by: string }>;

export interface ChainToVerify {
  readonly chain: string;
  readonly head: FoundRecord;
  readonly pruned: FoundRecord;
  /** By day. */
  readonly segments: readonly Segment[];
  readonly pins: Pins;
  readonly keys: LogKeys | undefined;
}

interface Walk {
  /** The last good row; undefined behind a broken one. */
  last: ChainHead | undefined;
  rows: number;
  line: number;
  torn: boolean;
}

/** Walks one chain from its beginning, or from where it was pruned, to its head. */
export async function verifyChain(
  what: ChainToVerify,
  report: (problem: Problem) => void,
): Promise<{ rows: number; last: number; notes: string[] }> {
  const { chain, segments, pruned } = what;
  const flaw = pruned !== 'absent' && 'flaw' in pruned ? pruned.flaw : undefined;
  if (flaw !== undefined) report({ file: `${chain}.pruned`, what: `the checkpoint is not valid: ${flaw}` });
  const start = pruned === 'absent' || 'flaw' in pruned ? { seq: 0, hash: GENESIS } : pruned;
  // Behind a checkpoint that is not valid the beginning cannot be judged.
  const walk: Walk = { last: flaw === undefined ? start : undefined, rows: 0, line: 0, torn: false };
  if (start.seq > 0) what.pins.set(start.seq, { hash: start.hash, by: 'the checkpoint' });
  let highest = start.seq;
  for (const segment of segments) {
    walk.line = 0;
    if (walk.torn)
      report({ file: segment.name, what: 'the segment before it does not end with a whole row' });
    for await (const line of segmentLines(segment.path)) {
      walk.line += 1;
      const read = readLine(line);
      walk.torn = typeof read === 'string' && line.at(-1) !== 0x0a;
      if (walk.torn && segment === segments.at(-1)) break;
      highest = Math.max(highest, judge(read, segment, { walk, what, report }));
    }
    if (walk.line === 0) report({ file: segment.name, what: 'the segment is empty' });
  }
  const notes = judgeEnd(what, { walk, highest, start }, report);
  return { rows: walk.rows, last: highest, notes };
}

interface Judging {
  readonly walk: Walk;
  readonly what: ChainToVerify;
  report(problem: Problem): void;
}

/** Returns the number of the row, 0 for a broken one. */
function judge(
  read: ReadLine | string,
  { name: file, day }: Segment,
  { walk, what, report }: Judging,
): number {
  const { line, last } = walk;
  walk.rows += 1;
  if (typeof read === 'string') {
    report({ file, line, what: read });
    walk.last = undefined;
    return 0;
  }
  const { seq, hash, prev } = read;
  // Pruning stopped between its checkpoint and its last removal: what is left over is still judged in itself.
  const isLeftOver = walk.rows === 1 && last !== undefined && seq <= last.seq;
  const wrong = (text: string): void => report({ file, line, seq, what: text });
  const follows = isLeftOver ? undefined : last;
  if (follows && seq !== follows.seq + 1) wrong(gapText(follows.seq, seq));
  else if (follows && prev !== follows.hash)
    wrong('the row does not follow the one before: its prev does not fit');
  const { row } = read;
  if (row.chain !== what.chain) wrong(`the row belongs to chain ${String(row.chain)}`);
  if ((row.kind === 'segment') !== (line === 1)) wrong('a segment has one header, as its first row');
  if (row.kind === 'segment') {
    if (row.day !== day) wrong(`the header is that of ${String(row.day)}`);
    const expected = what.chain.startsWith('s') && what.keys?.mac(checkpointText(what.chain, before(read)));
    if (expected && row.checkpoint !== expected) wrong('the checkpoint in the header is not valid');
  }
  const pin = what.pins.get(seq);
  what.pins.delete(seq);
  if (pin && pin.hash !== hash) wrong(`it is not the row that ${pin.by} saw`);
  const { head } = what;
  if (head !== 'absent' && 'seq' in head && head.seq === seq && head.hash !== hash)
    wrong('it is not the row of the head');
  walk.last = { seq, hash };
  return seq;
}

function before({ seq, prev }: ReadLine): ChainHead {
  return { seq: seq - 1, hash: prev };
}

function gapText(last: number, seq: number): string {
  if (seq <= last) return `row ${seq} stands behind row ${last}`;
  return seq === last + 2
    ? `row ${last + 1} is missing before it`
    : `rows ${last + 1} to ${seq - 1} are missing before it`;
}

function judgeEnd(
  { chain, head, segments, pins }: ChainToVerify,
  { walk, highest, start }: { walk: Walk; highest: number; start: ChainHead },
  report: (problem: Problem) => void,
): string[] {
  const file = segments.at(-1)?.name ?? `${chain}.head`;
  const at = segments.length > 0 ? { file, line: walk.line } : { file };
  if (head === 'absent') report({ file: `${chain}.head`, what: 'the head is missing' });
  else if ('flaw' in head) report({ file: `${chain}.head`, what: `the head is not valid: ${head.flaw}` });
  else if (head.seq > highest)
    report({ ...at, what: `rows ${highest + 1} to ${head.seq} are missing at the end` });
  for (const [seq, { by }] of pins) {
    if (seq > highest) report({ ...at, what: `row ${seq}, which ${by} saw, is missing at the end` });
    else if (seq > start.seq) report({ ...at, what: `row ${seq}, which ${by} saw, is missing` });
  }
  return walk.torn
    ? [
        `${file}:${walk.line}: a killed process left a row unfinished; the next one to use the chain moves it away.`,
      ]
    : [];
}
