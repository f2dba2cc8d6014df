import { createHash, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { connectRedis, type RedisConnectionOptions } from './redis-connection.ts';
import { GENERATION, TAKE } from './redis-scripts.ts';
import type { SharedStore } from './store.ts';

/** All our keys begin so; the number is that of their form. */
const OURS = 'mcpctl:1:';
const GENERATION_MS = 48 * 3_600_000;
const PAGE = 1000;

/** State in a Redis, for every process that is pointed at it. */
export function createRedisStore(options: RedisConnectionOptions): SharedStore {
  const { ask, close } = connectRedis(options);
  const process = randomUUID();
  let calls = 0;

  // A Redis that starts again may have lost the last bumps: what was kept under its numbers is not looked at again.
  const generation = (key: string, step: 0 | 1): Promise<number> =>
    ask(async (redis, { runId }) => {
      const held = `${OURS}generation:${runId.slice(0, 16)}:${digest(key)}`;
      return Number(await evaluate(redis, GENERATION, [held], [step, GENERATION_MS]));
    });

  return {
    async take(windows) {
      if (windows.length === 0) return { isTaken: true, retryAfterMs: 0 };
      calls += 1;
      const name = `${process}:${calls}`;
      const keys = windows.map(({ key }) => `${OURS}window:${digest(key)}`);
      const sizes = windows.flatMap(({ limit, windowMs }) => [limit, windowMs]);
      const answer = await ask((redis) => evaluate(redis, TAKE, keys, [name, ...sizes]));
      const [fullest = 0, retryAfterMs = 0] = answer as number[];
      const full = windows[fullest - 1];
      return full ? { isTaken: false, retryAfterMs, fullKey: full.key } : { isTaken: true, retryAfterMs: 0 };
    },
    generation: async (key) => await generation(key, 0),
    bump: async (key) => await generation(key, 1),
    get: async (key) => (await ask((redis) => redis.getBuffer(kept(key)))) ?? undefined,
    async set(key, value, ttlMs) {
      await ask((redis) => redis.set(kept(key), value, 'PX', Math.max(1, Math.round(ttlMs))));
    },
    clear: async (prefix) =>
      await ask(async (redis) => {
        let removed = 0;
        for await (const keys of pages(redis, prefix)) removed += await redis.unlink(...keys);
        return removed;
      }),
    stats: async (prefix) =>
      await ask(async (redis) => {
        let [entries, bytes] = [0, 0];
        for await (const keys of pages(redis, prefix)) {
          const lengths = await Promise.all(keys.map((key) => redis.strlen(key)));
          entries += keys.length;
          bytes += lengths.reduce((sum, length) => sum + length, 0);
        }
        return { kind: 'redis', entries, bytes };
      }),
    close: async () => close(),
  };
}

function kept(key: string): string {
  return `${OURS}kept:${key}`;
}

/** Keys of kept bytes, some at a time: Redis goes on answering others meanwhile. */
async function* pages(redis: Redis, prefix = ''): AsyncGenerator<string[]> {
  const pattern = `${kept(prefix).replaceAll(/[*?[\]\\]/g, '\\$&')}*`;
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', PAGE);
    cursor = next;
    if (keys.length > 0) yield keys;
  } while (cursor !== '0');
}

async function evaluate(
  redis: Redis,
  script: string,
  keys: readonly string[],
  values: readonly (string | number)[],
): Promise<unknown> {
  const rest = [keys.length, ...keys, ...values] as const;
  try {
    return await redis.evalsha(sha1(script), ...rest);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return await redis.eval(script, ...rest);
  }
}

const names = new Map<string, string>();

/** The name Redis knows a script by. */
function sha1(script: string): string {
  const known = names.get(script) ?? createHash('sha1').update(script).digest('hex');
  names.set(script, known);
  return known;
}

/** Names of servers and people are nobody's business in Redis. */
function digest(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}
