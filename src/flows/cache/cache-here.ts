import { openRedis } from '../../calls/stores/open-store.ts';
import type { Context } from '../../cli/context.ts';
import { asKnown, type McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { answerForCache } from '../../gateway/control/answer-for-cache.ts';
import { askControl } from '../../gateway/control/ask-control.ts';
import { findRunning, type Running } from '../../gateway/control/find-running.ts';
import { resolverFor } from '../../secrets/resolver-for.ts';
import { readSettings } from '../../settings/read.ts';

/** Results kept at one place: in a process, or in Redis for all of them. */
export interface CachePlace {
  readonly kind: 'run' | 'gateway' | 'redis';
  readonly pid?: number;
}

/** What came of asking one place. */
export interface PlaceAnswer extends CachePlace {
  readonly answer?: Readonly<Record<string, unknown>>;
  readonly error?: McpctlError;
}

const PATIENCE_MS = 2000;

/** Every `run` and `gateway` of this user. */
export async function processesHere({ paths, platform }: Context): Promise<Running[]> {
  return await findRunning(paths.run, platform);
}

/**
 * Asks wherever results are kept: the Redis of the settings, or else each running process.
 * @throws STORE_UNREACHABLE, SETTINGS_INVALID
 */
export async function askCaches(
  action: 'stats' | 'clear',
  { server, processes }: { readonly server: string | undefined; readonly processes: readonly Running[] },
  context: Context,
): Promise<PlaceAnswer[]> {
  const { settings } = await readSettings(context);
  if (settings.store.kind === 'redis') {
    const resolver = () => resolverFor(context, { scope: 'user' });
    const store = await openRedis({ settings, resolver }, PATIENCE_MS);
    try {
      return [{ kind: 'redis', answer: asRecord(await answerForCache(store)(action, server)) }];
    } finally {
      await store.close();
    }
  }
  return await Promise.all(
    processes.map(async (running) => {
      const { pid, kind } = running;
      const request = { ask: 'cache', action, ...(server !== undefined && { server }) } as const;
      try {
        const answer = asRecord(await askControl(running, request, { signal: context.signal }));
        return { pid, kind, answer };
      } catch (error) {
        const known = asKnown(error);
        if (known.code === 'CANCELLED') throw known;
        // It has no cache.
        if (known.code === 'USAGE') return { pid, kind, answer: {} };
        return { pid, kind, error: known };
      }
    }),
  );
}

function asRecord(answer: unknown): Readonly<Record<string, unknown>> {
  return isRecord(answer) ? answer : {};
}

export function numberIn(answer: PlaceAnswer['answer'], name: string): number {
  const value = answer?.[name];
  return typeof value === 'number' ? value : 0;
}
