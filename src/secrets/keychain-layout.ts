import { createHash, randomBytes } from 'node:crypto';
import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import type { EntryStore } from './entry-store.ts';

/** Windows holds 1280 UTF-16 units an item. */
const SMALLEST_LIMIT = 1200;

/** A set of chunks written together, kept at `<account>#<generation>#<index>`. */
export interface Generation {
  readonly generation: string;
  readonly chunks: number;
}

/** Remembers which generations may lie around, so that a later run can remove what a crash left. */
export interface Journal {
  /** Adds generations to those remembered for the account; durable once it resolves. */
  begin(account: string, generations: readonly Generation[]): Promise<void>;
  remembered(account: string): Promise<readonly Generation[]>;
  end(account: string): Promise<void>;
}

export interface Place {
  readonly entries: EntryStore;
  readonly account: string;
  readonly signal?: AbortSignal;
}

/**
 * Reads a value written by `writeValue`; null when the account has no item.
 * @throws SECRET_CORRUPT when a chunk is missing or damaged: a part of a secret is never taken for the whole.
 */
export async function readValue({ entries, account, signal }: Place): Promise<string | null> {
  let earlier: string | undefined;
  for (;;) {
    const text = await entries.read(account, signal);
    if (text === null) return null;
    const head = parseHead(text);
    if (!head) throw corrupt(account, 'it was not written by mcpctl');
    if ('value' in head) return head.value;
    const value = await readChunks({ entries, account, signal }, head);
    if (value !== undefined) return value;
    // Another process may have replaced the value between the two reads.
    if (earlier === head.generation) throw corrupt(account, 'a part of it is missing or damaged');
    earlier = head.generation;
  }
}

/**
 * Replaces the value of an account: chunks of a new generation first, then the head that names them, then the old
 * chunks go. A crash at any step leaves the old value or the new one, and the journal what is to be removed.
 */
export async function writeValue(place: Place, value: string, journal: Journal): Promise<void> {
  const { entries, account, signal } = place;
  const generation = randomBytes(4).toString('hex');
  const inline = JSON.stringify({ v: 1, generation, value });
  const text = JSON.stringify(value);
  const { largestItem = SMALLEST_LIMIT } = entries;
  const chunks = inline.length <= largestItem ? [] : split(text, largestItem);
  const old = await generationAt(place);
  const concerned = [...old, ...(chunks.length > 0 ? [{ generation, chunks: chunks.length }] : [])];
  if (concerned.length > 0) await journal.begin(account, concerned);
  for (const [index, chunk] of chunks.entries()) {
    await entries.write(chunkAccount(account, generation, index), chunk, signal);
  }
  const head: Head = { v: 1, generation, chunks: chunks.length, sha256: digest(text) };
  await entries.write(account, chunks.length === 0 ? inline : JSON.stringify(head), signal);
  await sweep(place, journal);
}

/** Removes the value and its chunks, the head first; false when there was none. */
export async function deleteValue(place: Place, journal: Journal): Promise<boolean> {
  const { entries, account, signal } = place;
  const old = await generationAt(place);
  if (old.length > 0) await journal.begin(account, old);
  const existed = await entries.delete(account, signal);
  await sweep(place, journal);
  return existed;
}

/** Removes every remembered generation of the account but the one in use. */
export async function sweep(place: Place, journal: Journal): Promise<void> {
  const { entries, account, signal } = place;
  const remembered = await journal.remembered(account);
  if (remembered.length === 0) return;
  const [used] = await generationAt(place);
  for (const { generation, chunks } of remembered) {
    if (generation === used?.generation) continue;
    for (let index = 0; index < chunks; index += 1) {
      await entries.delete(chunkAccount(account, generation, index), signal);
    }
  }
  await journal.end(account);
}

interface Head extends Generation {
  readonly v: 1;
  /** Of the JSON text of the value, hex. */
  readonly sha256: string;
}

async function generationAt({ entries, account, signal }: Place): Promise<Generation[]> {
  const text = await entries.read(account, signal);
  const head = text === null ? undefined : parseHead(text);
  return head && 'chunks' in head ? [{ generation: head.generation, chunks: head.chunks }] : [];
}

async function readChunks({ entries, account, signal }: Place, head: Head): Promise<string | undefined> {
  let text = '';
  for (let index = 0; index < head.chunks; index += 1) {
    const chunk = await entries.read(chunkAccount(account, head.generation, index), signal);
    if (chunk === null) return undefined;
    text += chunk;
  }
  return digest(text) === head.sha256 ? (JSON.parse(text) as string) : undefined;
}

function parseHead(text: string): Head | { readonly value: string } | undefined {
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(head) || head.v !== 1) return undefined;
  const { value, generation, chunks, sha256 } = head;
  if (typeof value === 'string') return { value };
  if (typeof generation !== 'string' || typeof chunks !== 'number' || typeof sha256 !== 'string')
    return undefined;
  return { v: 1, generation, chunks, sha256 };
}

/** Pieces of at most so many UTF-16 units; a surrogate pair is never cut, which a UTF-8 store would destroy. */
function split(text: string, largest: number): string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + largest, text.length);
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end -= 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function chunkAccount(account: string, generation: string, index: number): string {
  return `${account}#${generation}#${index}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function corrupt(account: string, why: string): McpctlError {
  return new McpctlError('SECRET_CORRUPT', `The keychain item ${account} of mcpctl cannot be used: ${why}.`, {
    hint: `Store it again: mcpctl secret set ${account}`,
    data: { name: account },
  });
}
