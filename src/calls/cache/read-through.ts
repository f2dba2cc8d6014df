import { McpctlError } from '../../core/errors.ts';
import type { CachedTool } from '../../settings/call-settings.ts';
import type { Meter } from '../meter.ts';
import type { SharedStore } from '../stores/store.ts';
import { type ToolAnswer, type ToolCall, type ToolHandler, withSignal } from '../tool-call.ts';
import { cacheKey } from './cache-key.ts';
import { answerFor, type CacheStatus, isKeepable } from './cached-answer.ts';
import { callSubject } from './call-subject.ts';
import { generationsOf } from './generations.ts';
import { ageOf, type Kept, packKept, unpackKept } from './kept.ts';
import { openPartitionOf, partitionOf } from './partition.ts';
import { createFlights } from './single-flight.ts';
import { SERVER_FAILURES } from './stale-codes.ts';

export interface ReadThroughOptions {
  readonly store: Pick<SharedStore, 'generation' | 'get' | 'set'>;
  readonly meter: Pick<Meter, 'cached'>;
  readonly maxResultBytes: number;
  /** Version and configuration of the server: results of another one are not served. */
  instance(call: ToolCall): string;
  /** Whose `local` it is, where several share a store. */
  readonly tenant: string;
  readonly now: () => Date;
  /** False while something may still happen at the server that nobody will hear of. */
  isSettled(server: string): boolean;
}

/** Where a call's result is kept. */
interface Place {
  readonly key: string;
  readonly generation: string;
  readonly rule: CachedTool;
}

interface Asked {
  readonly answer: ToolAnswer;
  readonly isKept: boolean;
}

type Read = (call: ToolCall, rule: CachedTool) => Promise<ToolAnswer>;

/** Calls of tools that read, answered by what is kept or by `next`. */
export function readThrough(next: ToolHandler, options: ReadThroughOptions): Read {
  const { store, meter, now, isSettled } = options;
  const flights = createFlights<Asked>();
  const time = (): number => now().getTime();
  const generationOf = async ({ server }: ToolCall): Promise<string | undefined> =>
    await generationsOf(store, server, ['writes']).catch(() => undefined);

  const placeOf = async (call: ToolCall, rule: CachedTool): Promise<Place | undefined> => {
    const subject = call.isContinued ? undefined : callSubject(call);
    const generation = subject && (await generationOf(call));
    if (subject === undefined || generation === undefined) return undefined;
    const { server, principal } = call;
    const partition = (rule.shared ? openPartitionOf : partitionOf)(principal, options.tenant);
    const parts = { server, partition, instance: options.instance(call), method: 'tools/call', subject };
    return { key: cacheKey({ ...parts, generations: generation }), generation, rule };
  };
  /** The server's own answer, kept when it may be. */
  const ask = async (call: ToolCall, { key, generation, rule }: Place): Promise<Asked> => {
    const answer = await next(call);
    const isWanted = isKeepable(answer, options.maxResultBytes) && isSettled(call.server);
    // A write that came in between makes it an answer of before.
    if (!isWanted || (await generationOf(call)) !== generation) return { answer, isKept: false };
    await store.set(key, packKept({ at: time(), bytes: answer.line }), rule.ttlMs + rule.staleIfErrorMs);
    return { answer, isKept: true };
  };
  const note = (call: ToolCall, status: CacheStatus): void => {
    call.notes.cache = status;
    meter.cached(call.server, status);
  };
  const served = (call: ToolCall, kept: Kept, status: CacheStatus): ToolAnswer => {
    note(call, status);
    return { line: answerFor(call, kept.bytes, { status, ageMs: ageOf(kept, time()) }), outcome: 'ok' };
  };
  const asked = (call: ToolCall, { answer, isKept }: Asked, status: CacheStatus): ToolAnswer => {
    note(call, status);
    const { outcome, errorType, isPartial } = answer;
    const line = answerFor(call, answer.line, isKept ? { status, ageMs: 0 } : undefined);
    return { line, outcome, errorType, isPartial };
  };
  const askTogether = async (call: ToolCall, place: Place): Promise<ToolAnswer> => {
    const { value, isFirst } = await flights.join(place.key, call.signal, (signal) =>
      ask(withSignal(call, signal), place),
    );
    // A question of the server to one caller is none for the others.
    if (!isFirst && value.answer.isPartial) return asked(call, await ask(call, place), 'miss');
    return asked(call, value, isFirst || !value.isKept ? 'miss' : 'hit');
  };

  return async (call, rule) => {
    const place = await placeOf(call, rule);
    if (!place) {
      note(call, 'bypass');
      return await next(call);
    }
    if (call.isFresh) return asked(call, await ask(call, place), 'bypass');
    const kept = unpackKept(await store.get(place.key));
    if (kept && ageOf(kept, time()) < rule.ttlMs) return served(call, kept, 'hit');
    try {
      return await askTogether(call, place);
    } catch (error) {
      const isUsable = kept && ageOf(kept, time()) < rule.ttlMs + rule.staleIfErrorMs;
      if (!isUsable || call.signal.aborted || !isServerFailure(error)) throw error;
      return served(call, kept, 'stale');
    }
  };
}

function isServerFailure(error: unknown): boolean {
  return error instanceof McpctlError && SERVER_FAILURES.has(error.code);
}
