import { McpctlError } from '../core/errors.ts';
import type { EntryStore } from './entry-store.ts';
import { type KeychainFailure, keychainUnavailable, reasonFor } from './keychain-failure.ts';
import type { KeychainPart } from './keychain-part.ts';
import type { EntryReply, EntryRequest } from './keychain-worker.ts';
import { startProcess, startThread, type WorkerPlace } from './worker-place.ts';

export interface WorkerEntriesOptions {
  /** The built `keychain-worker.js`, absolute. */
  readonly workerFile: string;
  readonly platform: NodeJS.Platform;
  readonly part: KeychainPart;
  /** True: in a process of its own, whose memory goes with it. */
  readonly isApart?: boolean;
  /** Milliseconds one operation may take. */
  readonly deadlineMs: number;
}

/**
 * The system keychain behind a worker, started at the first use. An operation past its deadline fails and the worker is
 * left behind; the next one gets a new one. An idle worker does not keep the process alive.
 * @throws KEYCHAIN_UNAVAILABLE from every method, CANCELLED when the signal aborts.
 */
export function createWorkerEntries(options: WorkerEntriesOptions): EntryStore {
  const { platform, deadlineMs, part, isApart = false, workerFile: file } = options;
  const unavailable = (failure: Omit<KeychainFailure, 'platform' | 'elsewhere'>): McpctlError =>
    keychainUnavailable({ ...failure, platform, elsewhere: part.elsewhere });
  const pending = new Map<number, Pending>();
  let worker: WorkerPlace | undefined;
  let lastId = 0;

  const abandon = (error: McpctlError): void => {
    worker?.end();
    worker = undefined;
    for (const { fail } of pending.values()) fail(error);
  };

  const launch = async (): Promise<WorkerPlace> => {
    const started: WorkerPlace = await (isApart ? startProcess : startThread)({
      file,
      replied: (reply) => pending.get(reply.id)?.settle(reply),
      failed(error) {
        if (worker === started) abandon(unavailable({ reason: 'no-module', detail: error.message }));
      },
    });
    return started;
  };
  let launching: Promise<WorkerPlace> | undefined;
  const ready = async (): Promise<WorkerPlace> => {
    if (worker) return worker;
    launching ??= launch().finally(() => {
      launching = undefined;
    });
    worker = await launching;
    return worker;
  };

  const ask = async (
    request: Omit<EntryRequest, 'id' | 'service'>,
    signal?: AbortSignal,
  ): Promise<string | null | boolean> => {
    if (signal?.aborted) throw cancelled();
    const place = await ready();
    lastId += 1;
    const id = lastId;
    return await new Promise((done, fail) => {
      const cancel = (): void => finish(() => fail(cancelled()));
      const timer = setTimeout(() => abandon(unavailable({ reason: 'no-answer', deadlineMs })), deadlineMs);
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancel);
        pending.delete(id);
        settle();
      };
      signal?.addEventListener('abort', cancel, { once: true });
      pending.set(id, {
        fail: (error) => finish(() => fail(error)),
        settle: (reply) => finish(() => (reply.ok ? done(reply.value) : fail(unavailable(failureOf(reply))))),
      });
      place.post({ ...request, id, service: part.service });
    });
  };

  return {
    read: async (account, signal) => {
      const value = await ask({ operation: 'read', account }, signal);
      return typeof value === 'string' ? value : null;
    },
    write: async (account, value, signal) => {
      await ask({ operation: 'write', account, value }, signal);
    },
    delete: async (account, signal) => (await ask({ operation: 'delete', account }, signal)) === true,
    close() {
      worker?.end();
      worker = undefined;
    },
  };
}

interface Pending {
  fail(error: McpctlError): void;
  settle(reply: EntryReply): void;
}

function failureOf({
  native,
  message,
}: EntryReply & { ok: false }): Pick<KeychainFailure, 'reason' | 'detail'> {
  return { reason: native ? 'no-module' : reasonFor(message), detail: message };
}

function cancelled(): McpctlError {
  return new McpctlError('CANCELLED', 'Cancelled while waiting for the keychain.');
}
