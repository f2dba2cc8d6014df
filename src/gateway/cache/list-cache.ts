import { canonicalJson } from '../../core/canonical-json.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import type { CacheSettings } from '../../settings/call-settings.ts';
import type { SharedStore } from '../stores/store.ts';
import { cacheKey } from './cache-key.ts';
import { CHANGES, type Change, generationKey, generationsOf } from './generations.ts';
import { ageOf, packKept, unpackKept } from './kept.ts';
import { openPartitionOf, partitionOf } from './partition.ts';
import { createFlights } from './single-flight.ts';

/** Lists, resources and what servers say of themselves, kept as long as the server allows. */
export interface ListCache {
  /** The kept result, or the one `fetch` brings, which is kept. Those who ask the same at once share one fetch. */
  through(request: ListRequest, fetch: (signal: AbortSignal) => Promise<JsonObject>): Promise<JsonObject>;
  /** This part of a server has changed, or (without) anything may have: it started again, or is another version. */
  invalidate(server: string, change?: Change): Promise<void>;
}

export interface ListRequest {
  readonly server: string;
  readonly principal: string;
  /** Version, configuration and protocol of the server. */
  readonly instance: string;
  readonly method: string;
  readonly params: JsonObject;
  /** The server says when it changes: it has `listChanged`, or the resource is subscribed to. */
  readonly tellsChanges: boolean;
  readonly signal: AbortSignal;
}

export interface ListCacheOptions {
  readonly settings: Pick<CacheSettings, 'lists' | 'maxResultBytes'>;
  readonly store: Pick<SharedStore, 'generation' | 'bump' | 'get' | 'set'>;
  /** Whose `local` it is, where several share a store. */
  readonly tenant: string;
  readonly now: () => Date;
}

/** What ends the time of each kind of result. */
const METHODS: Readonly<Record<string, readonly Change[]>> = {
  'server/discover': ['discover'],
  'tools/list': ['tools'],
  'prompts/list': ['prompts'],
  'resources/list': ['resources'],
  'resources/templates/list': ['resources'],
  'resources/read': ['reads', 'writes'],
};

const SILENT_MS = 60_000;
const TOLD_MS = 300_000;
const LONGEST_MS = 86_400_000;

export function createListCache({ settings, store, tenant, now }: ListCacheOptions): ListCache {
  const flights = createFlights<JsonObject>();

  const find = async (keys: readonly string[]): Promise<JsonObject | undefined> => {
    for (const key of keys) {
      const kept = unpackKept(await store.get(key));
      if (kept) return aged(JSON.parse(String(kept.bytes)) as JsonObject, ageOf(kept, now().getTime()));
    }
    return undefined;
  };

  return {
    async through(request, fetch) {
      const { method, server, signal } = request;
      const changes = settings.lists && !isContinued(request) ? METHODS[method] : undefined;
      const generations = changes && (await generationsOf(store, server, changes).catch(() => undefined));
      if (!changes || generations === undefined) return await fetch(signal);
      const own = keyOf(request, partitionOf(request.principal, tenant), generations);
      const open = keyOf(request, openPartitionOf(request.principal, tenant), generations);
      const found = await find([own, open]);
      if (found) return found;
      const { value } = await flights.join(own, signal, async (shared) => {
        const result = await fetch(shared);
        const ttlMs = timeOf(request, result);
        const bytes = Buffer.from(JSON.stringify(result));
        const isKept = ttlMs > 0 && bytes.length <= settings.maxResultBytes && isWhole(result);
        // Under a generation that is over nobody would find it.
        if (!isKept || (await generationsOf(store, server, changes).catch(() => '')) !== generations)
          return result;
        const key = result.cacheScope === 'public' ? open : own;
        await store.set(key, packKept({ at: now().getTime(), bytes }), ttlMs);
        return result;
      });
      return value;
    },
    async invalidate(server, change) {
      const over = change === undefined ? CHANGES : [change];
      await Promise.all(over.map((each) => store.bump(generationKey(server, each))));
    },
  };
}

function keyOf(
  { server, instance, method, params }: ListRequest,
  partition: string[],
  generations: string,
): string {
  const { _meta, ...rest } = params;
  return cacheKey({ server, partition, instance, method, subject: [canonicalJson(rest)], generations });
}

/** An answer to the server's questions is for this one request only. */
function isContinued({ params }: ListRequest): boolean {
  return params.inputResponses !== undefined || params.requestState !== undefined;
}

function isWhole({ resultType }: JsonObject): boolean {
  return resultType === undefined || resultType === 'complete';
}

/** How long a result may be kept, in milliseconds; contents of resources only where the server says so. */
function timeOf({ method, tellsChanges }: ListRequest, { ttlMs }: JsonObject): number {
  if (typeof ttlMs === 'number') return Math.min(ttlMs, LONGEST_MS);
  if (tellsChanges) return TOLD_MS;
  return method === 'resources/read' ? 0 : SILENT_MS;
}

/** What is left of its time is what clients may keep it for. */
function aged(result: JsonObject, ageMs: number): JsonObject {
  return isRecord(result) && typeof result.ttlMs === 'number'
    ? { ...result, ttlMs: Math.max(0, result.ttlMs - ageMs) }
    : result;
}
