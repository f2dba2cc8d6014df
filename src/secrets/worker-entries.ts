import type { Worker } from 'node:worker_threads';
import { McpctlError } from '../core/errors.ts';
import type { EntryStore } from './entry-store.ts';
import { type KeychainFailure, keychainUnavailable, reasonFor } from './keychain-failure.ts';
import type { KeychainPart } from './keychain-part.ts';
import type { EntryReply, EntryRequest } from './keychain-worker.ts';

export interface WorkerEntriesOptions {
  /** The built `keychain-worker.js`, absolute. */
  readonly workerFile: string;
  readonly platform: NodeJS.Platform;
  readonly part: KeychainPart;
  /** Milliseconds one operation may take. */
  readonly deadlineMs: number;
}

/**
 * The system keychain behind a worker thread, started at the first use. An operation past its deadline fails and the
 * thread is left behind; the next one gets a new thread. An idle thread does not keep the process alive.
 * @throws KEYCHAIN_UNAVAILABLE from every method, CANCELLED when the signal aborts.
 */
export function createWorkerEntries(options: WorkerEntriesOptions): EntryStore {
  const { platform, deadlineMs, part } = options;
  const unavailable = (failure: Omit<KeychainFailure, 'platform' | 'elsewhere'>): McpctlError =>
    keychainUnavailable({ ...failure, platform, elsewhere: part.elsewhere });
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let lastId = 0;

  const abandon = (error: McpctlError): void => {
    const left = worker;
    worker = undefined;
    // Not awaited: while a native call hangs, this takes as long as the call.
    void left?.terminate();
    for (const { fail } of pending.values()) fail(error);
  };

  const launch = async (): Promise<Worker> => {
    const { Worker: Thread } = await import('node:worker_threads');
    const started = new Thread(options.workerFile, { execArgv: [], name: 'mcpctl keychain' });
    started.on('message', (reply: EntryReply) => pending.get(reply.id)?.settle(reply));
    started.on('error', (error) => {
      if (worker === started) abandon(unavailable({ reason: 'no-module', detail: error.message }));
    });
    // Last: listening for messages would take it back.
    started.unref();
    return started;
  };
  let launching: Promise<Worker> | undefined;
  const ready = async (): Promise<Worker> => {
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
    const thread = await ready();
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
      thread.postMessage({ ...request, id, service: part.service } satisfies EntryRequest);
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
      void worker?.terminate();
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
