import { McpctlError } from '../../core/errors.ts';

/** Locks that exist in this process only. */
export interface Turns {
  /** Runs `body` after every earlier one of that name has ended. Throws CANCELLED when aborted before its turn. */
  take<T>(name: string, body: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    async take(name, body, signal) {
      const before = last.get(name);
      const { promise, resolve } = withResolvers();
      last.set(name, promise);
      try {
        await before;
        if (signal?.aborted) throw new McpctlError('CANCELLED', 'Cancelled while waiting for a sign-in.');
        return await body();
      } finally {
        if (last.get(name) === promise) last.delete(name);
        resolve();
      }
    },
  };
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
