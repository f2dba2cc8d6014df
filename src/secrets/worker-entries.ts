import { McpctlError } from '../core/errors.ts';
import type { EntryStore } from './entry-store.ts';
import { type KeychainFailure, keychainUnavailable, reasonFor } from './keychain-failure.ts';
import type { KeychainPart } from './keychain-part.ts';
import type { EntryAnswer, EntryReply, EntryRequest } from './keychain-worker.ts';
import { startProcess, startThread, type WorkerPlace } from './worker-place.ts';

export interface WorkerEntriesOptions {
  /** The built `keychain-worker.js`, absolute. */
  readonly workerFile: string;
  readonly platform: NodeJS.Platform;
  readonly part: KeychainPart;
  /** True: in a process of its own, which goes with its memory and with whatever hangs in it. */
  readonly isApart?: boolean;
  /** Milliseconds until that process ends because nobody asks; 10 000 by default. */
  readonly idleMs?: number;
  /** Milliseconds one operation may take, once the worker runs. */
  readonly deadlineMs: number;
}

/**
 * UTF-16 units an item gets where the system sets no limit anybody meets. A sign-in then is one item, and saving it 5
 * round trips instead of 16; a busy service takes 100 ms for each.
 */
const LARGEST_ITEM = 32 * 1024;

const IDLE_MS = 10_000;

/** Where many programs start at once, as after a login, a worker that is slow to start is no keychain that hangs. */
const START_MS = 15_000;

/**
 * The system keychain behind a worker, started at the first use. An operation past its deadline fails and the worker is
 * left behind; the next one gets a new one. An idle worker does not keep the process alive.
 * @throws KEYCHAIN_UNAVAILABLE from every method, CANCELLED when the signal aborts.
 */
export function createWorkerEntries(options: WorkerEntriesOptions): EntryStore {
  const { platform, deadlineMs, part, isApart = false, workerFile: file, idleMs = IDLE_MS } = options;
  const unavailable = (failure: Omit<KeychainFailure, 'platform' | 'elsewhere'>): McpctlError =>
    keychainUnavailable({ ...failure, platform, elsewhere: part.elsewhere });
  const pending = new Map<EntryReply['id'], Pending>();
  let worker: WorkerPlace | undefined;
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;

  const end = (): void => {
    clearTimeout(idle);
    worker?.end();
    worker = undefined;
  };
  const abandon = (error: McpctlError): void => {
    end();
    for (const { fail } of pending.values()) fail(error);
  };

  const replyTo = async (id: EntryReply['id'], waitMs: number, signal?: AbortSignal): Promise<EntryReply> =>
    await new Promise((done, fail) => {
      const cancel = (): void => finish(() => fail(cancelled()));
      const late = unavailable({ reason: 'no-answer', deadlineMs: waitMs });
      const timer = setTimeout(() => abandon(late), waitMs);
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        pending.delete(id);
        clearTimeout(idle);
        if (isApart && pending.size === 0) idle = setTimeout(end, idleMs).unref();
        settle();
      };
      signal?.addEventListener('abort', cancel, { once: true });
      clearTimeout(idle);
      pending.set(id, {
        fail: (error) => finish(() => fail(error)),
        settle: (reply) => finish(() => done(reply)),
      });
    });

  const launch = async (): Promise<WorkerPlace> => {
    const started: WorkerPlace = await (isApart ? startProcess : startThread)({
      file,
      replied: (reply) => pending.get(reply.id)?.settle(reply),
      failed(error) {
        if (worker === started) abandon(unavailable({ reason: 'no-module', detail: error.message }));
      },
    });
    worker = started;
    await replyTo('ready', START_MS);
    return started;
  };
  let launching: Promise<WorkerPlace> | undefined;
  const ready = async (): Promise<WorkerPlace> => {
    if (worker && !launching) return worker;
    launching ??= launch().finally(() => {
      launching = undefined;
    });
    return await launching;
  };

  const ask = async (
    request: Omit<EntryRequest, 'id' | 'service'>,
    signal?: AbortSignal,
  ): Promise<string | null | boolean> => {
    if (signal?.aborted) throw cancelled();
    const place = await ready();
    if (signal?.aborted) throw cancelled();
    lastId += 1;
    const id = lastId;
    const answering = replyTo(id, deadlineMs, signal);
    place.post({ ...request, id, service: part.service });
    const answer = (await answering) as EntryAnswer;
    if (!answer.ok) throw unavailable(failureOf(answer));
    return answer.value;
  };

  return {
    ...(platform !== 'win32' && { largestItem: LARGEST_ITEM }),
    read: async (account, signal) => {
      const value = await ask({ operation: 'read', account }, signal);
      return typeof value === 'string' ? value : null;
    },
    write: async (account, value, signal) => {
      await ask({ operation: 'write', account, value }, signal);
    },
    delete: async (account, signal) => (await ask({ operation: 'delete', account }, signal)) === true,
    close: end,
  };
}

interface Pending {
  fail(error: McpctlError): void;
  settle(reply: EntryReply): void;
}

function failureOf({
  native,
  message,
}: EntryAnswer & { ok: false }): Pick<KeychainFailure, 'reason' | 'detail'> {
  return { reason: native ? 'no-module' : reasonFor(message), detail: message };
}

function cancelled(): McpctlError {
  return new McpctlError('CANCELLED', 'Cancelled while waiting for the keychain.');
}
