import { readFile } from 'node:fs/promises';
import { isSystemError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import type { LogKeys } from './log-keys.ts';
import type { ChainHead } from './row-line.ts';

/** Every record has this length, so that writing one over another is one small write in place. */
export const RECORD_BYTES = 256;

/**
 * Head or checkpoint of a chain as its file holds it: one line of fixed length, with an HMAC over the rest for a
 * sealed chain.
 */
export function sealedRecord(
  what: RecordKind,
  chain: string,
  head: ChainHead,
  keys: LogKeys | undefined,
): Buffer {
  const text = textOf(what, chain, head);
  const line = JSON.stringify({ ...head, mac: macOf(chain, text, keys) });
  return Buffer.from(`${line.padEnd(RECORD_BYTES - 1)}\n`);
}

export type RecordKind = 'head' | 'pruned';

/** `absent`, the record, or what is wrong with it. */
export type FoundRecord = 'absent' | ChainHead | { readonly flaw: string };

/** Reads a record; without keys those of sealed chains are believed as they are. */
export async function readRecord(
  path: string,
  what: RecordKind,
  chain: string,
  keys: LogKeys | undefined,
): Promise<FoundRecord> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 'absent';
    throw error;
  }
  const head = parse(bytes);
  if (!head) return { flaw: 'it cannot be read' };
  const expected = sealedRecord(what, chain, head, keys);
  if (chain.startsWith('o') || keys) return bytes.equals(expected) ? pick(head) : { flaw: 'it was changed' };
  return pick(head);
}

function parse(bytes: Buffer): (ChainHead & { mac: unknown }) | undefined {
  if (bytes.length !== RECORD_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (!isRecord(value) || !Number.isSafeInteger(value.seq) || typeof value.hash !== 'string')
      return undefined;
    return { seq: Number(value.seq), hash: value.hash, mac: value.mac };
  } catch {
    return undefined;
  }
}

function pick({ seq, hash }: ChainHead): ChainHead {
  return { seq, hash };
}

function textOf(what: RecordKind, chain: string, { seq, hash }: ChainHead): string {
  return `${what} ${chain} ${seq} ${hash}`;
}

function macOf(chain: string, text: string, keys: LogKeys | undefined): string | undefined {
  return chain.startsWith('s') ? keys?.mac(text) : undefined;
}
