import { fdatasync, fstatSync, ftruncateSync, writeSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { McpctlError, messageOf } from '../core/errors.ts';
import { syncFolder } from '../platform/sync-folder.ts';
import { type AuditPlace, segmentOf } from './log-files.ts';
import type { LogKeys } from './log-keys.ts';
import type { HeldChain } from './open-chain.ts';
import type { RowBody } from './row.ts';
import { type ChainHead, writeLine } from './row-line.ts';
import { sealedRecord } from './sealed-record.ts';

export interface ChainWriterOptions {
  readonly place: AuditPlace;
  readonly held: HeldChain;
  readonly keys: LogKeys | undefined;
  readonly now: () => Date;
  /** True: every commit waits for the disk. */
  readonly syncsEach: boolean;
}

/** Adds rows to one chain. One commit at a time; who calls sees to that. */
export interface ChainWriter {
  readonly chain: string;
  /** Whether commits are done at once; the first of a day is not. */
  readonly isPrompt: boolean;
  /**
   * Written once it resolves, so that no end of a process can lose the rows; the head is told soon after. On
   * the disk within a second, or at once where every commit is synced. When it rejects, none of the rows is there; a
   * disk that refused earlier rows afterwards is the reason too.
   * Undefined when that was done at once. @throws AUDIT_UNWRITABLE
   */
  commit(bodies: readonly RowBody[]): Promise<void> | undefined;
  close(): Promise<void>;
}

interface Open {
  readonly day: string;
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  readonly handle: FileHandle;
  size: number;
}

const sync = promisify(fdatasync);
/** What a loss of power may take, in milliseconds. */
const SYNC_WITHIN_MS = 1000;
/** So long the head may lag behind the rows, in milliseconds. */
const TELL_WITHIN_MS = 50;

export function createChainWriter(options: ChainWriterOptions): ChainWriter {
  const { place, held, keys, now, syncsEach } = options;
  const { chain, headFile } = held;
  let head = held.head;
  let segment = held.segment && asOpen(held.segment);
  let timer: NodeJS.Timeout | undefined;
  let syncing: Promise<void> | undefined;
  let fault: unknown;
  let telling: NodeJS.Timeout | undefined;

  const syncSegment = async (): Promise<void> => {
    try {
      if (segment) await sync(segment.handle.fd);
      fault = undefined;
    } catch (error) {
      fault = error;
    }
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    await syncing;
    syncing = syncSegment();
    await syncing;
  };

  /** Rows of the day that is open wait for nothing. */
  const commitNow = (open: Open, bodies: readonly RowBody[], time: Date): void => {
    const written = linesOf(bodies, time);
    try {
      addNow(open, written.bytes);
    } catch (error) {
      throw unwritable(error);
    }
    settled(open, written);
  };
  const settled = (open: Open, { head: last, bytes }: Written): void => {
    head = last;
    segment = open;
    open.size += bytes.length;
    telling ??= setTimeout(tellHead, TELL_WITHIN_MS);
    if (!syncsEach) timer ??= setTimeout(() => void flush(), SYNC_WITHIN_MS);
  };
  const commitLater = async (bodies: readonly RowBody[]): Promise<void> => {
    if (fault !== undefined) await flush();
    if (fault !== undefined) throw unwritable(fault);
    const time = now();
    const today = dayOf(time);
    // A clock set back must not reopen a day: a chain goes forward only.
    const target = segment && segment.day >= today ? segment : await begin(today);
    const isNew = target !== segment;
    const first: RowBody[] = isNew ? [headerRow(today)] : [];
    const written = linesOf([...first, ...bodies], time);
    try {
      await add(target, written.bytes, syncsEach);
    } catch (error) {
      if (isNew) await discard(target);
      throw unwritable(error);
    }
    if (isNew) {
      await flush();
      await segment?.handle.close();
    }
    settled(target, written);
  };

  const begin = async (day: string): Promise<Open> => {
    const { path } = segmentOf(place, chain, day);
    try {
      const handle = await open(path, 'wx', 0o600);
      await syncFolder(place.folder);
      return asOpen({ day, handle, size: 0 });
    } catch (error) {
      throw unwritable(error);
    }
  };

  const discard = async ({ day, handle }: Open): Promise<void> => {
    await handle.close();
    await rm(segmentOf(place, chain, day).path, { force: true });
  };

  const headerRow = (day: string): RowBody => ({
    kind: 'segment',
    day,
    ...(keys && { checkpoint: keys.mac(checkpointText(chain, head)) }),
  });

  const linesOf = (bodies: readonly RowBody[], time: Date): Written => {
    let text = '';
    let last = head;
    for (const body of bodies) {
      const written = writeLine(body, chain, last, time);
      text += written.line;
      last = written.head;
    }
    return { bytes: Buffer.from(text), head: last };
  };

  /** An answer need not wait for it: rows behind the head are found and counted by whoever opens the chain. */
  const tellHead = (): void => {
    telling = undefined;
    const record = sealedRecord('head', chain, head, keys);
    try {
      writeSync(headFile.fd, record, 0, record.length, 0);
    } catch (error) {
      fault = error;
    }
  };

  /** The segment to add to at once, when there is one. */
  const promptSegment = (): Open | undefined => (syncsEach || fault !== undefined ? undefined : segment);

  return {
    chain,
    get isPrompt() {
      return promptSegment() !== undefined;
    },
    commit(bodies) {
      const time = now();
      const open = promptSegment();
      if (!open || time.getTime() >= open.endsAt) return commitLater(bodies);
      commitNow(open, bodies, time);
      return undefined;
    },
    async close() {
      clearTimeout(telling);
      if (telling) tellHead();
      await flush();
      await Promise.all([segment?.handle.close(), headFile.close()]);
      await held.release();
    },
  };
}

/** What the HMAC in the header of a segment is over. */
export function checkpointText(chain: string, { seq, hash }: ChainHead): string {
  return `segment ${chain} ${seq} ${hash}`;
}

interface Written {
  readonly bytes: Buffer;
  readonly head: ChainHead;
}

const DAY_MS = 86_400_000;

function asOpen({ day, handle, size }: NonNullable<HeldChain['segment']>): Open {
  return { day, endsAt: Date.parse(day) + DAY_MS, handle, size };
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

async function add(open: Open, bytes: Buffer, syncs: boolean): Promise<void> {
  addNow(open, bytes);
  if (!syncs) return;
  const { fd } = open.handle;
  try {
    await sync(fd);
  } catch (error) {
    ftruncateSync(fd, open.size);
    throw error;
  }
}

/** Writes at the known end. Short writes are finished; what cannot be is taken back. */
function addNow({ handle: { fd }, size }: Open, bytes: Buffer): void {
  const { size: found, nlink } = fstatSync(fd);
  if (found !== size || nlink === 0) throw new Error(MEDDLED);
  try {
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(fd, bytes, written, bytes.length - written, size + written);
    }
  } catch (error) {
    ftruncateSync(fd, size);
    throw error;
  }
}

const MEDDLED = 'another program changed or removed the file';

/** True when the chain cannot be continued by its writer; another one can be. */
export function isMeddled(error: unknown): boolean {
  return error instanceof McpctlError && error.data?.reason === MEDDLED;
}

/** Whatever kept rows from being written, under one code. */
export function unwritable(error: unknown): McpctlError {
  if (error instanceof McpctlError && error.code === 'AUDIT_UNWRITABLE') return error;
  const reason = messageOf(error);
  return new McpctlError('AUDIT_UNWRITABLE', `The audit log could not be written: ${reason}.`, {
    hint: 'Make room and check who may write there: mcpctl config path, df -h',
    cause: error,
    data: { reason },
  });
}
