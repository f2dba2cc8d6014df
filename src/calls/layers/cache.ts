import { McpctlError } from '../../core/errors.ts';
import type { CachedTool, CacheSettings } from '../../settings/call-settings.ts';
import { generationKey } from '../cache/generations.ts';
import { type ReadThroughOptions, readThrough } from '../cache/read-through.ts';
import type { SharedStore } from '../stores/store.ts';
import type { ToolAnswer, ToolCall, ToolMiddleware } from '../tool-call.ts';

export interface CacheOptions extends Omit<ReadThroughOptions, 'isSettled' | 'maxResultBytes'> {
  readonly settings: Pick<CacheSettings, 'tools' | 'maxResultBytes'>;
  readonly store: Pick<SharedStore, 'generation' | 'bump' | 'get' | 'set'>;
}

/** After a write nobody heard the end of, it may still happen: so long nothing of the server is kept. */
const UNSETTLED_MS = 60_000;

/**
 * Answers from what was answered before: tools that the settings name and that say they read, each principal apart.
 * Whatever may write ends the time of all that was kept of its server, before it is sent and again afterwards.
 * Callers who want the same at once share one call, whose signal is not theirs: it aborts when the last one left.
 */
export function cache(options: CacheOptions): ToolMiddleware {
  const { store, now, settings } = options;
  const unsettled = new Map<string, number>();
  const isSettled = (server: string): boolean => (unsettled.get(server) ?? 0) <= now().getTime();

  return (next) => {
    const read = readThrough(next, { ...options, maxResultBytes: settings.maxResultBytes, isSettled });
    const write = (call: ToolCall, key: string): Promise<ToolAnswer> =>
      next(call).then(
        (answer) => {
          const ended = store.bump(key);
          return ended instanceof Promise ? ended.then(() => answer) : answer;
        },
        async (error: unknown) => {
          if (!wasNeverSent(error)) unsettled.set(call.server, now().getTime() + UNSETTLED_MS);
          await store.bump(key);
          throw error;
        },
      );
    return (call) => {
      if (call.intent === 'read') {
        const rule = ruleFor(call, settings);
        return rule ? read(call, rule) : next(call);
      }
      const key = generationKey(call.server, 'writes');
      const ended = store.bump(key);
      return ended instanceof Promise ? ended.then(() => write(call, key)) : write(call, key);
    };
  };
}

const DEFAULT_RULE: CachedTool = { ttlMs: 60_000, shared: false, staleIfErrorMs: 0 };

/** Settings name what differs from the defaults only. */
function ruleFor({ server, tool }: ToolCall, { tools }: CacheOptions['settings']): CachedTool | undefined {
  const name = `${server}/${tool}`;
  return Object.hasOwn(tools, name) ? { ...DEFAULT_RULE, ...tools[name] } : undefined;
}

function wasNeverSent(error: unknown): boolean {
  return error instanceof McpctlError && error.data?.sent === false;
}
