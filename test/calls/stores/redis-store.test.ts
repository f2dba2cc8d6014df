import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/calls/stores/open-store.ts';
import { createRedisStore } from '../../../src/calls/stores/redis-store.ts';
import type { SharedStore } from '../../../src/calls/stores/store.ts';
import { DEFAULT_SETTINGS } from '../../../src/settings/settings.ts';
import { startRedis } from '../../support/redis.ts';

function storeAt(url: string): SharedStore {
  const store = createRedisStore({ url, timeoutMs: 5000 });
  onTestFinished(() => store.close());
  return store;
}

async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string; data: unknown }> {
  return (await work.then(
    () => undefined,
    (error: unknown) => error,
  )) as never;
}

test('signs in with the password of the URL', async () => {
  const redis = await startRedis({ password: 'correct-horse' });
  onTestFinished(redis.stop);

  expect(await storeAt(redis.url).bump('key')).toBeGreaterThan(0);
});

describe('a Redis that cannot be used', () => {
  test('is told without the password that it refused', async () => {
    const redis = await startRedis({ password: 'correct-horse' });
    onTestFinished(redis.stop);

    const failure = await refusal(storeAt(redis.url.replace('correct', 'battery')).generation('key'));

    expect(failure).toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect(failure.message).toMatch(/^Redis at 127\.0\.0\.1:\d+ could not be used: (WRONGPASS|NOAUTH)\.$/);
    expect(JSON.stringify([failure, failure.message])).not.toContain('battery');
  });

  test('is told with its address when nothing listens there', async () => {
    const redis = await startRedis();
    await redis.stop();

    const failure = await refusal(storeAt(redis.url.replace('//', '//user:battery@')).generation('key'));

    expect(failure.code).toBe('STORE_UNREACHABLE');
    expect(failure.message).toMatch(/could not be used: ECONNREFUSED/);
    expect(JSON.stringify([failure, failure.message])).not.toContain('battery');
  });

  test('is told by its version when it is too old', async () => {
    const failure = await refusal(storeAt(await oldRedis('6.2.14')).generation('key'));

    expect(failure).toMatchObject({ code: 'STORE_UNREACHABLE', data: { version: '6.2.14' } });
    expect(failure.message).toContain('version 6.2.14; 7 is needed');
  });

  test.each(['https://host', 'redis://', 'not a url'])('is refused as an address: %s', (url) => {
    expect(() => createRedisStore({ url, timeoutMs: 1 })).toThrow(
      expect.objectContaining({ code: 'SETTINGS_INVALID' }),
    );
  });
});

test('keeps names of servers and people out of Redis', async () => {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  const store = storeAt(redis.url);
  await store.take([{ key: 'linear ada@example.com', limit: 3, windowMs: 60_000 }]);
  await store.bump('linear ada@example.com');

  const keys = await keysOf(redis.url);

  expect(keys).toHaveLength(2);
  expect(keys.join()).toMatch(/^mcpctl:1:/);
  expect(keys.join()).not.toMatch(/linear|ada/);
});

test('opening a Redis without an address says what is missing', async () => {
  const settings = { ...DEFAULT_SETTINGS, store: { kind: 'redis' } as const };
  const resolver = () => ({ resolve: async () => ({ values: {}, secrets: [] }) });

  const opening = openStore({ settings, resolver, failed: () => {}, warn: () => {} });

  await expect(opening).rejects.toMatchObject({ code: 'SETTINGS_INVALID', data: { setting: 'store.url' } });
});

async function keysOf(url: string): Promise<string[]> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url);
  try {
    return (await redis.keys('*')).sort();
  } finally {
    redis.disconnect();
  }
}

/** Says what a Redis of that version says when it is asked who it is. */
async function oldRedis(version: string): Promise<string> {
  const about = `redis_version:${version}\r\nrun_id:0123\r\nloading:0\r\n`;
  const server = createServer((socket) => {
    socket.on('data', (chunk) => {
      const commands = String(chunk).match(/^\*\d+\r?$/gm) ?? [];
      const isInfo = /\r\ninfo\r\n/i.test(String(chunk));
      for (const _ of commands) socket.write(isInfo ? `$${about.length}\r\n${about}\r\n` : '+OK\r\n');
    });
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return `redis://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}
