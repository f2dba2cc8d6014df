import type { Json } from '../../core/json.ts';
import type { StopSignal } from '../../core/stop.ts';
import { splice, valueAt } from '../../mcp/splice.ts';
import type { CacheSettings } from '../../settings/call-settings.ts';
import type { RawAnswer } from '../raw-answer.ts';
import type { SharedStore } from '../stores/store.ts';
import { cacheKey } from './cache-key.ts';
import { CHANGES, generationsOf } from './generations.ts';
import { ageOf, type Kept, packKept, unpackKept } from './kept.ts';
import { openPartitionOf, partitionOf } from './partition.ts';
import { createFlights } from './single-flight.ts';

/** Contents of resources, kept as long as their server allows. */
export interface ResourceCache {
  /** The kept answer, or the one `read` brings, which is kept. Those who ask the same at once share one read. */
  through(request: ReadRequest, read: (signal: StopSignal) => Promise<RawAnswer>): Promise<RawAnswer>;
}

export interface ReadRequest {
  readonly server: string;
  readonly principal: string;
  /** Version and configuration of the server. */
  readonly instance: string;
  /** Of the client: answers to the two differ. */
  readonly era: string;
  /** The server's own. */
  readonly uri: string;
  /** The server tells when it changes, because it was asked to. */
  readonly isSubscribed: boolean;
  readonly signal: StopSignal;
}

export interface ResourceCacheOptions {
  readonly settings: Pick<CacheSettings, 'lists' | 'maxResultBytes'>;
  readonly store: Pick<SharedStore, 'generation' | 'get' | 'set'>;
  /** Whose `local` it is, where several share a store. */
  readonly tenant: string;
  readonly now: () => Date;
}

const SUBSCRIBED_MS = 300_000;
const LONGEST_MS = 86_400_000;

export function createResourceCache({ settings, store, tenant, now }: ResourceCacheOptions): ResourceCache {
  const flights = createFlights<RawAnswer>();
  const generationOf = async ({ server }: ReadRequest): Promise<string | undefined> =>
    await generationsOf(store, server, CHANGES).catch(() => undefined);

  const find = async (keys: readonly string[]): Promise<RawAnswer | undefined> => {
    for (const key of keys) {
      const kept = unpackKept(await store.get(key));
      if (kept) return { line: withAge(kept, ageOf(kept, now().getTime())), isError: false };
    }
    return undefined;
  };

  return {
    async through(request, read) {
      const generation = settings.lists ? await generationOf(request) : undefined;
      if (generation === undefined) return await read(request.signal);
      const own = keyOf(request, partitionOf(request.principal, tenant), generation);
      const open = keyOf(request, openPartitionOf(request.principal, tenant), generation);
      const found = await find([own, open]);
      if (found) return found;
      const { value } = await flights.join(own, request.signal, async (signal) => {
        const answer = await read(signal);
        const { ttlMs, isPublic } = termsOf(request, answer);
        // A change that came in between makes it an answer of before.
        const isKept = ttlMs > 0 && answer.line.length <= settings.maxResultBytes;
        if (!isKept || (await generationOf(request)) !== generation) return answer;
        const kept = packKept({ at: now().getTime(), bytes: answer.line });
        await store.set(isPublic ? open : own, kept, ttlMs);
        return answer;
      });
      return value;
    },
  };
}

function keyOf(
  { server, instance, era, uri }: ReadRequest,
  partition: string[],
  generations: string,
): string {
  return cacheKey({
    server,
    partition,
    instance,
    method: 'resources/read',
    subject: [era, uri],
    generations,
  });
}

interface Terms {
  /** 0: not to be kept. */
  readonly ttlMs: number;
  /** For everybody, whoever asked. */
  readonly isPublic: boolean;
}

/** What the server says of keeping an answer. Only whole results are kept, and only where it says something. */
function termsOf({ isSubscribed }: ReadRequest, { line, isError }: RawAnswer): Terms {
  const type = isError ? 'error' : (member(line, 'resultType') ?? 'complete');
  if (type !== 'complete') return { ttlMs: 0, isPublic: false };
  const told = member(line, 'ttlMs');
  const ttlMs = typeof told === 'number' ? told : isSubscribed ? SUBSCRIBED_MS : 0;
  return { ttlMs: Math.min(ttlMs, LONGEST_MS), isPublic: member(line, 'cacheScope') === 'public' };
}

function member(line: Buffer, name: string): Json | undefined {
  const text = valueAt(line, ['result', name]);
  return text && (JSON.parse(text.toString()) as Json);
}

/** What is left of its time is what clients may keep it for. */
function withAge({ bytes }: Kept, ageMs: number): Buffer {
  const ttlMs = member(bytes, 'ttlMs');
  const remark = JSON.stringify({ status: 'hit', ageMs });
  return splice(bytes, [
    { path: ['result', '_meta', 'mcpctl/cache'], json: remark },
    ...(typeof ttlMs === 'number'
      ? [{ path: ['result', 'ttlMs'], json: `${Math.max(0, ttlMs - ageMs)}` }]
      : []),
  ]);
}
