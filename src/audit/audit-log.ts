import { type ChainWriter, createChainWriter, isMeddled, unwritable } from './chain-writer.ts';
import { createCommitQueue } from './commit-queue.ts';
import { withUpkeep } from './hold-lock.ts';
import { type AuditPlace, listLogFiles } from './log-files.ts';
import type { LogKeys } from './log-keys.ts';
import { type Findings, openChain } from './open-chain.ts';
import {
  createProtection,
  NO_PROTECTION,
  type Personal,
  type Protection,
  type SealedFields,
} from './protection.ts';
import { pruneLog } from './prune.ts';
import type { CallFacts, RowBody } from './row.ts';

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
  readonly personal: Personal;
  /** The same, sealed already. */
  readonly sealed?: SealedFields | undefined;
}

/** The log as its writers see it. Nothing is opened before the first row. */
export interface AuditLog {
  /**
   * Settles when the row is written: no end of this process can lose it any more.
   * @throws AUDIT_UNWRITABLE; the row is not there then.
   */
  record(call: CallRecord): Promise<void>;
  /** Whether what is recorded now is written within this turn; otherwise nobody knows when. */
  readonly isPrompt: boolean;
  /**
   * Seals the personal fields of a call ahead of its row, while its answer is awaited; `record` is to get them as
   * `sealed`. Undefined when that cannot be done yet.
   */
  prepare(call: Pick<CallRecord, 'corr' | 'personal'>): SealedFields | undefined;
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
  /** The same once it is there. */
  let current: Opened | undefined;
  let retiring: Promise<void> | undefined;
  let protection: Protection | undefined;

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
    const news = newsOf(held.found, options.version, 'mac' in found ? undefined : found.unsealed);
    current = { writer, news };
    return current;
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
  const commitLater = async (bodies: readonly RowBody[], isRetry = false): Promise<void> => {
    const { writer, news } = await openOnce();
    try {
      await writer.commit([...news, ...bodies]);
      news.length = 0;
    } catch (error) {
      if (isRetry || !isMeddled(error)) throw error;
      // Another chain takes over; what was done to this one stays to be seen.
      opened = undefined;
      current = undefined;
      await writer.close();
      await commitLater(bodies, true);
    }
  };
  const queue = createCommitQueue({
    commit(bodies) {
      if (!current || current.news.length > 0) return commitLater(bodies).catch(failed);
      try {
        return current.writer.commit(bodies)?.catch(failed);
      } catch (error) {
        if (!isMeddled(error)) return failed(error);
        return commitLater(bodies).catch(failed);
      }
    },
  });

  const protectionOnce = async (): Promise<Protection> => {
    const found = await keysOnce();
    protection ??= 'mac' in found ? createProtection({ ...options, keys: found }) : NO_PROTECTION;
    return protection;
  };
  const append = (call: CallRecord, fields: SealedFields): Promise<void> =>
    queue.append(callRowOf(call, fields));
  const sealAndAppend = async (call: CallRecord): Promise<void> => {
    const found = await protectionOnce().catch(failed);
    await append(call, await found.later(call).catch(failed));
  };
  return {
    get isPrompt() {
      return current !== undefined && current.news.length === 0 && !queue.isHeld && current.writer.isPrompt;
    },
    record(call) {
      const fields = call.sealed ?? protection?.now(call);
      return fields ? append(call, fields) : sealAndAppend(call);
    },
    prepare(call) {
      // What came of a call is sealed too where payloads are kept, and is not known yet.
      if (options.payloads) return undefined;
      const fields = protection?.now(call);
      if (fields && current) return fields;
      // The log opens meanwhile, and the key is looked for; their failures are the first row's.
      openOnce().catch(() => {});
      protectionOnce()
        .then((found) => found.later(call))
        .catch(() => {});
      return fields;
    },
    note: queue.append,
    async close() {
      await retiring?.catch(() => {});
      await queue.drain();
      const last = await opened?.catch(() => undefined);
      opened = undefined;
      current = undefined;
      await last?.writer.close();
    },
  };
}

function failed(error: unknown): never {
  throw unwritable(error);
}

/**
 * The row of a call, with what it holds of a person from `fields`. Member by member: what was spread into literals
 * lived until the next full collection, which was most of the garbage of a call.
 */
function callRowOf(call: CallRecord, fields: SealedFields): RowBody {
  const body: CallBody = {
    kind: 'call',
    ts: call.ts,
    via: call.via,
    tenant: call.tenant,
    region: call.region,
    client: call.client,
    clientVersion: call.clientVersion,
    method: call.method,
    server: call.server,
    serverVersion: call.serverVersion,
    tool: call.tool,
    intent: call.intent,
    outcome: call.outcome,
    errorType: call.errorType,
    ms: call.ms,
    attempt: call.attempt,
    cache: call.cache,
    bytesIn: call.bytesIn,
    bytesOut: call.bytesOut,
    policy: call.policy,
    fallbackFor: call.fallbackFor,
    answeredBy: call.answeredBy,
    traceId: call.traceId,
    spanId: call.spanId,
    corr: call.corr,
    parent: call.parent,
    sub: fields.sub,
    argsMac: fields.argsMac,
    pii: fields.pii,
  };
  return body;
}

/** Each member has to be named, those that may be missing too. */
type CallBody = { [Name in keyof Required<CallFacts & SealedFields>]: (CallFacts & SealedFields)[Name] } & {
  readonly kind: 'call';
  readonly ts: string;
};

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
