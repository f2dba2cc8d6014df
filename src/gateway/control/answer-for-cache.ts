import { serverPrefix } from '../../calls/cache/cache-key.ts';
import type { SharedStore } from '../../calls/stores/store.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ControlHandlers } from './protocol.ts';

/** What a process tells of the results it keeps, and how it is made to forget them. */
export function answerForCache(
  store: Pick<SharedStore, 'stats' | 'clear'>,
): NonNullable<ControlHandlers['cache']> {
  return async (action, server): Promise<JsonObject> => {
    const prefix = server === undefined ? '' : serverPrefix(server);
    if (action === 'clear') return { removed: await store.clear(prefix) };
    const { kind, entries, bytes } = await store.stats(prefix);
    return { kind, entries, bytes };
  };
}
