import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import { countRowsAfter, findTail, mendTail, type TornRow } from './chain-tail.ts';
import { holdChain, type Release } from './hold-lock.ts';
import {
  type AuditPlace,
  chainNamed,
  checkpointPath,
  headPath,
  listLogFiles,
  segmentOf,
} from './log-files.ts';
import type { LogKeys } from './log-keys.ts';
import { type ChainHead, GENESIS } from './row-line.ts';
import { readRecord, sealedRecord } from './sealed-record.ts';

/** A chain this process alone may add to. */
export interface HeldChain {
  readonly chain: string;
  readonly head: ChainHead;
  /** The segment to add to, when there is one. */
  readonly segment: { readonly day: string; readonly size: number; readonly handle: FileHandle } | undefined;
  readonly headFile: FileHandle;
  readonly found: Findings;
  readonly release: Release;
}

/** What opening a chain brought to light; it is written down as rows. */
export interface Findings {
  readonly torn: readonly TornRow[];
  /** Rows behind the head. */
  readonly unheaded: number;
  /** Chains nobody may add to: something was done to them. */
  readonly skipped: readonly string[];
  /** The other chains as they are. */
  readonly seen: Readonly<Record<string, ChainHead>>;
}

/**
 * Takes the first chain that no other process holds, mends what a killed writer left, and leaves alone a chain that
 * is not as its head says: what was done to it stays visible.
 */
export async function openChain(place: AuditPlace, keys: LogKeys | undefined): Promise<HeldChain> {
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  const skipped: string[] = [];
  for (let number = 0; ; number += 1) {
    const chain = chainNamed(keys !== undefined, number);
    const release = await holdChain(place, chain);
    if (!release) continue;
    try {
      const state = await settle(place, chain, keys);
      if (state) {
        const seen = await headsOfOthers(place, chain, keys);
        return { ...(await openFiles(place, chain, state)), ...foundIn(state, skipped, seen), release };
      }
    } catch (error) {
      await release();
      throw error;
    }
    skipped.push(chain);
    await release();
  }
}

interface ChainState {
  readonly head: ChainHead;
  readonly tail: { readonly day: string; readonly size: number } | undefined;
  readonly torn: readonly TornRow[];
  readonly unheaded: number;
}

function foundIn(
  { torn, unheaded }: ChainState,
  skipped: readonly string[],
  seen: Findings['seen'],
): { found: Findings } {
  return { found: { torn, unheaded, skipped, seen } };
}

/** Where the chain stands; undefined when it is not to be trusted. */
async function settle(
  place: AuditPlace,
  chain: string,
  keys: LogKeys | undefined,
): Promise<ChainState | undefined> {
  const segments = (await listLogFiles(place)).segments.filter((one) => one.chain === chain);
  const head = await readRecord(headPath(place, chain), 'head', chain, keys);
  const pruned = await readRecord(checkpointPath(place, chain), 'pruned', chain, keys);
  if ((head !== 'absent' && 'flaw' in head) || (pruned !== 'absent' && 'flaw' in pruned)) return undefined;
  if (head === 'absent') {
    if (segments.length > 0 || pruned !== 'absent') return undefined;
    const first = { seq: 0, hash: GENESIS };
    // Before the first segment: a segment without a head would look like a head that somebody removed.
    await writeFileAtomic(headPath(place, chain), sealedRecord('head', chain, first, keys));
    return { head: first, tail: undefined, torn: [], unheaded: 0 };
  }
  const tail = await findTail(segments);
  if (typeof tail === 'string') return undefined;
  const { last } = tail;
  const end = last?.head ?? (pruned === 'absent' ? { seq: 0, hash: GENESIS } : pruned);
  if (end.seq < head.seq || (end.seq === head.seq && end.hash !== head.hash)) return undefined;
  const written = segments.filter(({ day }) => last && day <= last.day);
  const unheaded = end.seq === head.seq ? 0 : await countRowsAfter(written.slice(-2), head);
  if (typeof unheaded === 'string') return undefined;
  return { head: end, tail: last, torn: await mendTail(place, tail), unheaded };
}

async function openFiles(
  place: AuditPlace,
  chain: string,
  { head, tail }: ChainState,
): Promise<Pick<HeldChain, 'chain' | 'head' | 'segment' | 'headFile'>> {
  const headFile = await open(headPath(place, chain), 'r+');
  if (!tail) return { chain, head, segment: undefined, headFile };
  const handle = await open(segmentOf(place, chain, tail.day).path, 'r+');
  return { chain, head, segment: { ...tail, handle }, headFile };
}

async function headsOfOthers(
  place: AuditPlace,
  chain: string,
  keys: LogKeys | undefined,
): Promise<Record<string, ChainHead>> {
  const seen: Record<string, ChainHead> = {};
  for (const other of (await listLogFiles(place)).chains) {
    if (other === chain) continue;
    const head = await readRecord(headPath(place, other), 'head', other, keys);
    if (head !== 'absent' && !('flaw' in head) && head.seq > 0) seen[other] = head;
  }
  return seen;
}
