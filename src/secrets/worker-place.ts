import type { EntryReply, EntryRequest } from './keychain-worker.ts';

/** Where the keychain's native part runs. `end` never waits: a native call that hangs would hold it up. */
export interface WorkerPlace {
  post(request: EntryRequest): void;
  end(): void;
}

export interface PlaceOptions {
  /** The built `keychain-worker.js`, absolute. */
  readonly file: string;
  replied(reply: EntryReply): void;
  /** The worker is gone, or could not be started. */
  failed(error: Error): void;
}

/** A thread: quick to start. The memory the native part takes is given back with the process only. */
export async function startThread({ file, replied, failed }: PlaceOptions): Promise<WorkerPlace> {
  const { Worker } = await import('node:worker_threads');
  const thread = new Worker(file, { execArgv: [], name: 'mcpctl keychain' });
  thread.on('message', replied);
  thread.on('error', failed);
  // Last: listening for messages would take it back.
  thread.unref();
  return {
    post: (request) => thread.postMessage(request),
    end: () => void thread.terminate(),
  };
}

/**
 * A process: slower to start, and nothing of it stays. For processes that live long: operations run on the few threads
 * that all of a process's file access shares, so those that wait for somebody at an unlock prompt would stop it.
 */
export async function startProcess({ file, replied, failed }: PlaceOptions): Promise<WorkerPlace> {
  const { fork } = await import('node:child_process');
  const child = fork(file, { execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  child.on('message', (reply) => replied(reply as EntryReply));
  child.on('error', failed);
  child.on('exit', (code) => code !== 0 && failed(new Error(`It ended with status ${code}.`)));
  child.unref();
  child.channel?.unref();
  return {
    post: (request) => void child.send(request),
    end: () => void child.kill('SIGKILL'),
  };
}
