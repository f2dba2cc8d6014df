import { createHash, randomUUID } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import { isRecord } from '../core/json.ts';
import type { RowBody } from './row.ts';

/** What the first row of a chain follows. */
export const GENESIS = '0'.repeat(64);

/** Where a chain stands: its last row. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

export interface WrittenLine extends ChainHead {
  /** With its line break. */
  readonly line: string;
}

/** The line of a row behind `after`: its canonical JSON, with the hash over it as the last member. */
export function writeLine(body: RowBody, chain: string, after: ChainHead, now: Date): WrittenLine {
  const seq = after.seq + 1;
  const ts = now.toISOString();
  const text = canonicalJson({ id: rowId(now), ts, ...body, v: 1, chain, seq, prev: after.hash });
  const hash = sha256(text);
  return { seq, hash, line: `${text.slice(0, -1)},"hash":"${hash}"}\n` };
}

export interface ReadLine extends ChainHead {
  readonly prev: string;
  /** Everything but the hash, as it was parsed. */
  readonly row: Readonly<Record<string, unknown>>;
}

const TAIL = /^,"hash":"([0-9a-f]{64})"\}\n$/;
const TAIL_BYTES = 76;

/** Reads a line back; a text says what is wrong with it. Each of its bytes counts. */
export function readLine(line: Buffer): ReadLine | string {
  const tail = TAIL.exec(line.toString('latin1', Math.max(0, line.length - TAIL_BYTES)));
  const hash = tail?.[1];
  if (hash === undefined) {
    return line.at(-1) === 0x0a ? 'the line does not end as a row does' : 'the line is not whole';
  }
  const bytes = line.subarray(0, line.length - TAIL_BYTES);
  if (sha256(bytes, '}') !== hash) return 'the row was changed: its hash does not fit';
  const row = parse(`${bytes.toString('utf8')}}`);
  if (!isRecord(row) || typeof row.seq !== 'number' || typeof row.prev !== 'string') return 'this is no row';
  return { seq: row.seq, prev: row.prev, hash, row };
}

function sha256(text: string | Buffer, rest = ''): string {
  const hash = createHash('sha256').update(text);
  return (rest === '' ? hash : hash.update(rest)).digest('hex');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** UUID version 7: sorts by time. */
function rowId(now: Date): string {
  const time = now.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
