import { hash as digest, randomUUID } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.ts';
import { isRecord } from '../core/json.ts';
import type { CallRow, RowBody } from './row.ts';

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
  const place = { id: rowId(now), ts: now.toISOString(), v: 1 as const, chain, seq, prev: after.hash };
  const text = body.kind === 'call' ? callJson(body, place) : canonicalJson({ ...place, ...body });
  const hash = digest('sha256', text, 'hex');
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
  if (digest('sha256', Buffer.concat([bytes, BRACE]), 'hex') !== hash)
    return 'the row was changed: its hash does not fit';
  const row = parse(`${bytes.toString('utf8')}}`);
  if (!isRecord(row) || typeof row.seq !== 'number' || typeof row.prev !== 'string') return 'this is no row';
  return { seq: row.seq, prev: row.prev, hash, row };
}

const BRACE = Buffer.from('}');

type CallLine = Omit<CallRow, 'hash'>;
type CallBody = Extract<RowBody, { kind: 'call' }>;

/** The members of a call's row; nothing else would be written. */
const CALL_MEMBERS: Readonly<Record<keyof CallLine, true>> = {
  answeredBy: true,
  argsMac: true,
  attempt: true,
  bytesIn: true,
  bytesOut: true,
  cache: true,
  chain: true,
  client: true,
  clientVersion: true,
  corr: true,
  errorType: true,
  fallbackFor: true,
  id: true,
  intent: true,
  kind: true,
  method: true,
  ms: true,
  outcome: true,
  parent: true,
  pii: true,
  policy: true,
  prev: true,
  region: true,
  seq: true,
  server: true,
  serverVersion: true,
  spanId: true,
  sub: true,
  tenant: true,
  tool: true,
  traceId: true,
  ts: true,
  v: true,
  via: true,
};
const CALL_ORDER = (Object.keys(CALL_MEMBERS) as (keyof CallLine)[]).sort();

/** What `canonicalJson` makes of both, without putting them together and sorting the members of each row anew. */
function callJson(body: CallBody, place: Partial<CallLine>): string {
  const row: Partial<CallLine> = body;
  let text = '';
  for (const name of CALL_ORDER) {
    const value = row[name] ?? place[name];
    if (value !== undefined) text += `,"${name}":${JSON.stringify(value)}`;
  }
  return `{${text.slice(1)}}`;
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
