import { McpctlError } from '../../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import type { Upstream, UpstreamAbout } from '../upstream/upstream.ts';
import type { Seat } from './seat.ts';

/** The lists a server has, by what `list_changed` notifications call them. */
export const LISTS = ['tools', 'prompts', 'resources', 'resourceTemplates'] as const;
export type ListName = (typeof LISTS)[number];

/** What a server said of itself and all it has. */
export interface Offer {
  readonly about: UpstreamAbout;
  readonly lists: Readonly<Record<ListName, readonly JsonObject[]>>;
  /** When it was listed; milliseconds since 1970. */
  readonly at: number;
}

interface ListFacts {
  readonly method: string;
  readonly capability: string;
  /** Member every item has as a string. */
  readonly key: string;
}

const FACTS: Readonly<Record<ListName, ListFacts>> = {
  tools: { method: 'tools/list', capability: 'tools', key: 'name' },
  prompts: { method: 'prompts/list', capability: 'prompts', key: 'name' },
  resources: { method: 'resources/list', capability: 'resources', key: 'uri' },
  resourceTemplates: { method: 'resources/templates/list', capability: 'resources', key: 'uriTemplate' },
};

export interface ListingOptions {
  readonly seat: Seat;
  readonly now: () => number;
  readonly signal: StopSignal;
  /** The lists to ask for; the others are taken from `before`. */
  readonly names?: readonly ListName[];
  readonly before?: Offer;
}

/** Asks a server for its lists, all pages. Only a failing `tools/list` fails it: many servers lack the others. */
export async function listOffer(upstream: Upstream, options: ListingOptions): Promise<Offer> {
  const { names = LISTS, before, now } = options;
  const entries = await Promise.all(
    LISTS.map(async (name) => {
      if (before && !names.includes(name)) return [name, before.lists[name]] as const;
      return [name, await listAll(upstream, name, options)] as const;
    }),
  );
  return {
    about: upstream.about,
    lists: Object.fromEntries(entries) as unknown as Offer['lists'],
    at: now(),
  };
}

const MOST_PAGES = 1000;

async function listAll(
  upstream: Upstream,
  name: ListName,
  options: ListingOptions,
): Promise<readonly JsonObject[]> {
  const { capability, key } = FACTS[name];
  if (!(capability in upstream.about.capabilities)) return [];
  const items = new Map<string, JsonObject>();
  const cursors = new Set<string>();
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { listed, next } = await listPage(upstream, name, cursor, options);
    for (const item of listed) {
      const own = isRecord(item) ? item[key] : undefined;
      if (typeof own === 'string' && !items.has(own)) items.set(own, item as JsonObject);
    }
    if (next === undefined || cursors.has(next)) break;
    cursors.add(next);
    cursor = next;
  }
  return [...items.values()];
}

async function listPage(
  upstream: Upstream,
  name: ListName,
  cursor: string | undefined,
  { seat, signal }: ListingOptions,
): Promise<{ listed: readonly Json[]; next: string | undefined }> {
  const { line, isError } = await upstream.request({
    method: FACTS[name].method,
    params: cursor === undefined ? {} : { cursor },
    signal,
    capabilities: seat.capabilities,
  });
  const answer: unknown = JSON.parse(line.toString('utf8'));
  const result = isRecord(answer) && isRecord(answer.result) ? (answer.result as JsonObject) : {};
  const listed = result[name];
  if (!isError && Array.isArray(listed)) {
    return { listed, next: typeof result.nextCursor === 'string' ? result.nextCursor : undefined };
  }
  if (name !== 'tools') return { listed: [], next: undefined };
  throw new McpctlError('SERVER_PROTOCOL', `${upstream.server} did not answer tools/list with a list.`, {
    data: { server: upstream.server },
  });
}

/** The member by which items of a list are told apart. */
export function keyOfList(name: ListName): string {
  return FACTS[name].key;
}
