import type { JsonObject } from '../../core/json.ts';
import type { Conversation } from './conversation.ts';
import { requestLine } from './request-line.ts';
import type { UpstreamEvents } from './upstream.ts';

export interface ListeningOptions {
  readonly conversation: Pick<Conversation, 'request'>;
  /** Of the server. */
  readonly capabilities: JsonObject;
  /** `_meta` of the request. */
  readonly meta: JsonObject;
  readonly events: Pick<UpstreamEvents, 'notified'>;
  /** Settles after a while, or at once when the signal aborts. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The one `subscriptions/listen` of a conversation: opened again when it is lost or is to listen to something else. */
export interface Listening {
  /** Settles when the server acknowledged, or does not within a while. */
  subscribe(uri: string): Promise<void>;
  unsubscribe(uri: string): Promise<void>;
  close(): void;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
const ACKNOWLEDGED_WITHIN_MS = 5000;

const LISTS = ['tools', 'prompts', 'resources'] as const;

export function createListening(options: ListeningOptions): Listening {
  const { conversation, capabilities, meta, events, pause } = options;
  const lists = LISTS.filter((list) => isOn(capabilities[list], 'listChanged'));
  const uris = new Set<string>();
  const over = new AbortController();
  let current: AbortController | undefined;
  let wait = FIRST_PAUSE_MS;
  let isUnsupported = false;

  const listen = (stop: AbortController, acknowledged: () => void): Promise<unknown> => {
    const method = 'subscriptions/listen';
    const notifications = {
      ...Object.fromEntries(lists.map((list) => [`${list}ListChanged`, true])),
      ...(uris.size > 0 && { resourceSubscriptions: [...uris] }),
    };
    return conversation.request({
      method,
      line: (id) => requestLine({ id, method, params: { notifications }, line: undefined, meta }),
      signal: stop.signal,
      listener: { acknowledged },
    });
  };
  /** Takes the place of what listened before, which goes on until the server acknowledged. */
  const open = (isAgain: boolean): Promise<void> => {
    const before = current;
    if (isUnsupported || over.signal.aborted) return Promise.resolve();
    if (lists.length === 0 && uris.size === 0) {
      current = undefined;
      before?.abort();
      return Promise.resolve();
    }
    const stop = new AbortController();
    current = stop;
    return new Promise((settled) => {
      let isHeard = false;
      const done = (): void => {
        before?.abort();
        settled();
      };
      const acknowledged = (): void => {
        isHeard = true;
        wait = FIRST_PAUSE_MS;
        done();
        // Nobody knows what changed while nobody listened.
        if (isAgain) for (const list of lists) events.notified(`notifications/${list}/list_changed`, {});
      };
      void pause(ACKNOWLEDGED_WITHIN_MS, AbortSignal.any([stop.signal, over.signal])).then(done);
      void listen(stop, acknowledged)
        .then(
          // A server that refuses has no such thing; one that ends it may have it again.
          () => isHeard,
          () => true,
        )
        .then(async (isWorthwhile) => {
          done();
          if (current !== stop || over.signal.aborted) return;
          if (!isWorthwhile) {
            isUnsupported = true;
            return;
          }
          await pause(wait, over.signal);
          wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
          if (current === stop) await open(true);
        });
    });
  };

  void open(false);
  return {
    async subscribe(uri) {
      if (uris.has(uri)) return;
      uris.add(uri);
      await open(false);
    },
    async unsubscribe(uri) {
      if (uris.delete(uri)) await open(false);
    },
    close() {
      over.abort();
      current?.abort();
    },
  };
}

function isOn(capability: unknown, key: string): boolean {
  return typeof capability === 'object' && capability !== null && Reflect.get(capability, key) === true;
}
