import { McpctlError } from '../core/errors.ts';
import { withFileLock } from '../platform/file-lock.ts';
import type { AuditPlace } from './log-files.ts';

/** Gives the lock back. */
export type Release = () => Promise<void>;

/** The lock of a chain, kept until it is given back; undefined when another process has it. */
export async function holdChain({ locks, suffix }: AuditPlace, chain: string): Promise<Release | undefined> {
  return await new Promise((resolve, reject) => {
    const held = withFileLock(
      { folder: locks, name: `audit${suffix}.${chain}`, timeoutMs: 0 },
      async () =>
        await new Promise<void>((giveBack) => {
          resolve(async () => {
            giveBack();
            await held;
          });
        }),
    );
    held.catch((error: unknown) => {
      if (error instanceof McpctlError && error.code === 'LOCK_TIMEOUT') resolve(undefined);
      else reject(error);
    });
  });
}

/** Keeps two that change or judge the whole log apart. */
export async function withUpkeep<T>({ locks, suffix }: AuditPlace, body: () => Promise<T>): Promise<T> {
  return await withFileLock({ folder: locks, name: `audit${suffix}.upkeep`, timeoutMs: 60_000 }, body);
}
