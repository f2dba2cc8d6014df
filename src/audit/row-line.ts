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

export interface WrittenLine {
  /** The chain with this row. */
  readonly head: ChainHead;
  /** With its line break. */
  readonly line: string;
}

/** The line of a row behind `after`: its canonical JSON, with the hash over it as the last member. */
export function writeLine(body: RowBody, chain: string, after: ChainHead, now: Date): WrittenLine {
  const seq = after.seq + 1;
  const { id = rowId(now), ts = now.toISOString() } = body;
  const place: Place = { id, ts, v: 1, chain, seq, prev: after.hash };
  const text = body.kind === 'call' ? callJson(body, place) : canonicalJson({ ...place, ...body });
  const hash = digest('sha256', text, 'hex');
  return { head: { seq, hash }, line: `${text.slice(0, -1)},"hash":"${hash}"}\n` };
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
/** What the chain adds to a row. */
type Place = Pick<CallLine, 'id' | 'ts' | 'v' | 'chain' | 'seq' | 'prev'>;
type CallBody = Extract<RowBody, { kind: 'call' }>;

/** What `canonicalJson` makes of both: of a flat row that is its members in their order, and undefined ones left out. */
function callJson(body: CallBody, place: Place): string {
  const line: { [Name in keyof Required<CallLine>]: CallLine[Name] } = {
    answeredBy: body.answeredBy,
    argsMac: body.argsMac,
    attempt: body.attempt,
    bytesIn: body.bytesIn,
    bytesOut: body.bytesOut,
    cache: body.cache,
    chain: place.chain,
    client: body.client,
    clientVersion: body.clientVersion,
    corr: body.corr,
    errorType: body.errorType,
    fallbackFor: body.fallbackFor,
    id: place.id,
    intent: body.intent,
    kind: body.kind,
    method: body.method,
    ms: body.ms,
    outcome: body.outcome,
    parent: body.parent,
    pii: body.pii,
    policy: body.policy,
    prev: place.prev,
    region: body.region,
    seq: place.seq,
    server: body.server,
    serverVersion: body.serverVersion,
    spanId: body.spanId,
    sub: body.sub,
    tenant: body.tenant,
    tool: body.tool,
    traceId: body.traceId,
    ts: place.ts,
    v: place.v,
    via: body.via,
  };
  return JSON.stringify(line);
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
