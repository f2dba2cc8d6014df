import { canonicalJson } from '../core/canonical-json.ts';
import type { Json } from '../core/json.ts';
import { type ChainWriter, createChainWriter, isMeddled, unwritable } from './chain-writer.ts';
import { createCommitQueue } from './commit-queue.ts';
import { withUpkeep } from './hold-lock.ts';
import { type AuditPlace, listLogFiles } from './log-files.ts';
import type { LogKeys } from './log-keys.ts';
import { type Findings, openChain } from './open-chain.ts';
import { pruneLog } from './prune.ts';
import type { CallFacts, RowBody } from './row.ts';
import { createSubjects, type Subject } from './subjects.ts';

export interface AuditLogOptions {
  readonly place: AuditPlace;
  /** The keys, or why there are none; asked once, at the first row. */
  keys(): Promise<LogKeys | { readonly unsealed: string }>;
  /** Whether arguments and results are kept, sealed. */
  readonly payloads: boolean;
  /** True: a row counts as written when it is on the disk. */
  readonly syncsEach?: boolean;
  readonly version: string;
  readonly now: () => Date;
  /** Days before it are removed when the log is opened; nothing is without it. */
  readonly firstDay?: string;
}

export interface CallRecord extends CallFacts {
  /** When it began. */
  readonly ts: string;
  /** Fields about a person; without keys none of them is kept. */
  readonly personal: { readonly user: string; readonly args?: Json; readonly result?: Json };
}

/** The log as its writers see it. Nothing is opened before the first row. */
export interface AuditLog {
  /**
   * Settles when the row is written: no end of this process can lose it any more.
   * @throws AUDIT_UNWRITABLE; the row is not there then.
   */
  record(call: CallRecord): Promise<void>;
  /** Seals the personal fields of a call ahead of its row, while its answer is awaited; `record` gets the same object. */
  prepare(call: Pick<CallRecord, 'corr' | 'personal'>): void;
  /** The same for what happens to the log itself. */
  note(event: Exclude<RowBody, { kind: 'call' }>): Promise<void>;
  /** Writes what waits, and leaves the chain to others. */
  close(): Promise<void>;
}

interface Opened {
  readonly writer: ChainWriter;
  /** Rows about the opening, which leave with the first commit. */
  readonly news: RowBody[];
}

export function createAuditLog(options: AuditLogOptions): AuditLog {
  const { place, now } = options;
  let keys: Promise<LogKeys | { readonly unsealed: string }> | undefined;
  let opened: Promise<Opened> | undefined;
  let retiring: Promise<void> | undefined;
  let protect: ReturnType<typeof createProtection> | undefined;

  const keysOnce = (): NonNullable<typeof keys> => {
    keys ??= options.keys().catch((error: unknown) => {
      keys = undefined;
      throw error;
    });
    return keys;
  };
  const open = async (): Promise<Opened> => {
    const found = await keysOnce();
    const sealing = 'mac' in found ? found : undefined;
    const held = await openChain(place, sealing);
    const writer = createChainWriter({
      place,
      held,
      keys: sealing,
      now,
      syncsEach: options.syncsEach ?? false,
    });
    retiring ??= retire(sealing);
    retiring.catch(() => {});
    return { writer, news: newsOf(held.found, options.version, 'mac' in found ? undefined : found.unsealed) };
  };
  /** What cannot be removed now is tried again by the next process, and `audit prune` says why. */
  const retire = async (sealing: LogKeys | undefined): Promise<void> => {
    const { firstDay: before } = options;
    if (before === undefined || !(await listLogFiles(place)).segments.some(({ day }) => day < before)) return;
    const removed = await withUpkeep(
      place,
      async () => await pruneLog({ place, keys: sealing, before, dryRun: false }),
    );
    if (removed.length > 0) await queue.append({ kind: 'pruned', before, segments: removed });
  };
  const openOnce = (): Promise<Opened> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const commit = async (bodies: readonly RowBody[], isRetry = false): Promise<void> => {
    const { writer, news } = await openOnce();
    try {
      await writer.commit([...news, ...bodies]);
      news.length = 0;
    } catch (error) {
      if (isRetry || !isMeddled(error)) throw error;
      // Another chain takes over; what was done to this one stays to be seen.
      opened = undefined;
      await writer.close();
      await commit(bodies, true);
    }
  };
  const queue = createCommitQueue({ commit });

  const prepared = new Map<CallRecord['personal'], Promise<SealedFields>>();
  const protection = async (call: Pick<CallRecord, 'corr' | 'personal'>): Promise<SealedFields> => {
    const found = await keysOnce();
    if (!('mac' in found)) return {};
    protect ??= createProtection(place, found, options);
    return await protect(call);
  };
  const append = async ({ personal, ...facts }: CallRecord): Promise<void> => {
    const sealing = prepared.get(personal);
    prepared.delete(personal);
    const fields = await (sealing ?? protection({ corr: facts.corr, personal }));
    await queue.append({ kind: 'call', ...facts, ...fields });
  };
  const failed = (error: unknown): never => {
    throw unwritable(error);
  };
  return {
    record: async (call) => await append(call).catch(failed),
    prepare(call) {
      // What came of a call is sealed too where payloads are kept, and is not known yet.
      if (options.payloads) return;
      // The log opens meanwhile; its failure is the first row's.
      void openOnce().catch(() => {});
      const sealing = protection(call);
      sealing.catch(() => {});
      prepared.set(call.personal, sealing);
    },
    note: async (event) => await queue.append(event).catch(failed),
    async close() {
      await retiring?.catch(() => {});
      await queue.drain();
      const last = await opened?.catch(() => undefined);
      opened = undefined;
      await last?.writer.close();
    },
  };
}

function newsOf(
  { torn, unheaded, skipped, seen }: Findings,
  version: string,
  unsealed: string | undefined,
): RowBody[] {
  return [
    {
      kind: 'opened',
      version,
      pid: process.pid,
      seen: { ...seen },
      ...(unsealed !== undefined && { unsealed }),
      ...(skipped.length > 0 && { skipped: [...skipped] }),
      ...(unheaded > 0 && { unheaded }),
    },
    ...torn.map((one) => ({ kind: 'recovered' as const, ...one })),
  ];
}

/** Larger payloads are left out, and their size is kept. */
const LARGEST_TEXT = 16 * 1024;

/** How long a running process may go on with the key of somebody who was forgotten, in milliseconds. */
const FORGET_WITHIN_MS = 5_000;

/** What a row holds of a person; nothing without keys. */
type SealedFields = Pick<Extract<RowBody, { kind: 'call' }>, 'sub' | 'argsMac' | 'pii'>;

/** Replaces personal fields by a pseudonym, a digest and a sealed text. */
function createProtection(place: AuditPlace, keys: LogKeys, { payloads, now }: AuditLogOptions) {
  const subjects = createSubjects(place, keys);
  const known = new Map<string, { readonly subject: Promise<Subject>; readonly checkedAt: number }>();
  const renew = async (name: string, before: Promise<Subject> | undefined): Promise<Subject> => {
    const subject = await before?.catch(() => undefined);
    return subject && !(await subjects.isForgotten(subject)) ? subject : await subjects.of(name);
  };
  const subjectOf = (name: string): Promise<Subject> => {
    const checkedAt = now().getTime();
    const cached = known.get(name);
    if (cached && checkedAt - cached.checkedAt < FORGET_WITHIN_MS) return cached.subject;
    const subject = renew(name, cached?.subject);
    known.set(name, { subject, checkedAt });
    subject.catch(() => known.delete(name));
    return subject;
  };
  return async ({ corr, personal }: Pick<CallRecord, 'corr' | 'personal'>): Promise<SealedFields> => {
    const subject = await subjectOf(personal.user);
    const { user, args, result } = personal;
    const whole = JSON.stringify({ user, ...(payloads && { args, result }) });
    const text = whole.length <= LARGEST_TEXT ? whole : JSON.stringify({ user, tooLarge: whole.length });
    return {
      sub: subject.pseudonym,
      ...(args !== undefined && { argsMac: subject.digest(canonicalJson(args)) }),
      pii: subject.seal(text, corr),
    };
  };
}
