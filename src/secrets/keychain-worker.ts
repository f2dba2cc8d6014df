// Runs in a worker thread or a process of its own: the native constructor blocks for 2 s when the Secret Service hangs.
import process from 'node:process';
import { parentPort } from 'node:worker_threads';
import type { AsyncEntry } from '@napi-rs/keyring';

/** One operation on one keychain item. */
export interface EntryRequest {
  readonly id: number;
  readonly operation: 'read' | 'write' | 'delete';
  readonly service: string;
  readonly account: string;
  readonly value?: string;
}

export type EntryReply =
  /** The first message of a worker: it runs, and has loaded what can be loaded. */
  { readonly id: 'ready' } | EntryAnswer;

export type EntryAnswer =
  | { readonly id: number; readonly ok: true; readonly value: string | null | boolean }
  /** `native` is true when the native module itself could not be loaded. */
  | { readonly id: number; readonly ok: false; readonly native: boolean; readonly message: string };

// The process it works for is gone; an operation that waits for somebody must not keep it.
if (!parentPort) process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));

const library = import('@napi-rs/keyring');

(parentPort ?? process).on('message', async (request: EntryRequest) => {
  const { id, service, account } = request;
  let open: () => AsyncEntry;
  try {
    const { AsyncEntry: Entry } = await library;
    // Unpinned, it falls back to the kernel's keyring, which forgets everything at reboot.
    open = () => new Entry(service, account, { linux: { store: 'secret-service' } });
  } catch (error) {
    reply({ id, ok: false, native: true, message: textOf(error) });
    return;
  }
  try {
    reply({ id, ok: true, value: await perform(open(), request) });
  } catch (error) {
    reply({ id, ok: false, native: false, message: textOf(error) });
  }
});

async function perform(entry: AsyncEntry, request: EntryRequest): Promise<string | null | boolean> {
  if (request.operation === 'read') return await entry.getPassword();
  if (request.operation === 'delete') return await entry.deleteCredential();
  await entry.setPassword(request.value ?? '');
  return true;
}

function reply(message: EntryReply): void {
  if (parentPort) parentPort.postMessage(message);
  else process.send?.(message);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

// What could not be loaded is told by the answer to the first request.
await library.catch(() => {});
reply({ id: 'ready' });
