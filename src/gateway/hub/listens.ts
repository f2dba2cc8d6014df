import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import type { ClientRequest } from './client.ts';
import { notificationLine } from './messages.ts';
import type { ListName } from './offer.ts';
import type { Seat } from './seat.ts';

/** What a modern client asked to hear in `subscriptions/listen`. */
export interface Listen {
  readonly request: ClientRequest;
  readonly seat: Seat;
  readonly filter: ListenFilter;
  tell(method: string, params?: JsonObject): void;
}

export interface ListenFilter {
  readonly toolsListChanged?: true;
  readonly promptsListChanged?: true;
  readonly resourcesListChanged?: true;
  readonly resourceSubscriptions?: readonly string[];
}

const SUBSCRIPTION_ID = 'io.modelcontextprotocol/subscriptionId';
const MOST_URIS = 1000;

const FILTER_OF: Readonly<Record<ListName, keyof ListenFilter>> = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
  resourceTemplates: 'resourcesListChanged',
};

export function createListen(request: ClientRequest, seat: Seat): Listen {
  const tag = { [SUBSCRIPTION_ID]: request.message.id as Json };
  return {
    request,
    seat,
    filter: filterOf(request.message),
    tell(method, params = {}) {
      const meta = isRecord(params._meta) ? params._meta : {};
      request.notify(notificationLine(method, { ...params, _meta: { ...meta, ...tag } as JsonObject }));
    },
  };
}

/** What the first message says that will be heard. */
export function acknowledge({ tell }: Listen, honoured: ListenFilter): void {
  tell('notifications/subscriptions/acknowledged', { notifications: honoured as unknown as JsonObject });
}

/** The answer when listening ends. */
export function endOfListen({ request }: Listen): JsonObject {
  return { resultType: 'complete', _meta: { [SUBSCRIPTION_ID]: request.message.id as Json } };
}

export function hearsOf({ filter }: Listen, list: ListName): boolean {
  return filter[FILTER_OF[list]] === true;
}

function filterOf({ params }: JsonObject): ListenFilter {
  const given = isRecord(params) && isRecord(params.notifications) ? params.notifications : {};
  const uris = Array.isArray(given.resourceSubscriptions) ? given.resourceSubscriptions : [];
  const texts = uris.filter((uri) => typeof uri === 'string').slice(0, MOST_URIS);
  return {
    ...(given.toolsListChanged === true && { toolsListChanged: true }),
    ...(given.promptsListChanged === true && { promptsListChanged: true }),
    ...(given.resourcesListChanged === true && { resourcesListChanged: true }),
    ...(texts.length > 0 && { resourceSubscriptions: [...new Set(texts)] }),
  };
}
