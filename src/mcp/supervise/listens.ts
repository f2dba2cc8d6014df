import { isRecord } from '../../core/json.ts';
import type { Flight } from './flights.ts';
import { memberOf } from './listing.ts';

const KEY = 'io.modelcontextprotocol/subscriptionId';

/** The `subscriptions/listen` requests of the stateless era that are open. */
export interface Listens {
  /** True when the client knows of this acknowledgement already: an earlier run of the program gave it. */
  isKnown(acknowledgement: Buffer): boolean;
  /** A listen request ended. */
  ended(id: string): void;
}

export function createListens(): Listens {
  const acknowledged = new Set<string>();
  return {
    isKnown(line) {
      const meta = memberOf(line, 'params')?._meta;
      const id = JSON.stringify(isRecord(meta) ? meta[KEY] : undefined);
      const isKnown = acknowledged.has(id);
      acknowledged.add(id);
      return isKnown;
    },
    ended: (id) => void acknowledged.delete(id),
  };
}

const LIST_CHANGED = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };

/** What tells a client that there are other tools now: one line for a session, or one for each request that listens. */
export function toolsChanged(open: readonly Flight[], isStateless: boolean): Buffer[] {
  if (!isStateless) return [Buffer.from(`${JSON.stringify(LIST_CHANGED)}\n`)];
  const listens = open.filter(({ bytes, envelope }) => {
    if (envelope.method !== 'subscriptions/listen') return false;
    const { notifications } = memberOf(bytes, 'params') ?? {};
    return isRecord(notifications) && notifications.toolsListChanged === true;
  });
  return listens.map(({ envelope }) => {
    // The id stays JSON text: numbers of any size survive.
    const params = `{"_meta":{${JSON.stringify(KEY)}:${envelope.id}}}`;
    return Buffer.from(`{"jsonrpc":"2.0","method":"${LIST_CHANGED.method}","params":${params}}\n`);
  });
}
