import { expect, test } from 'vitest';
import { rateLimit } from '../../../src/calls/layers/rate-limit.ts';
import { createMemoryStore } from '../../../src/calls/stores/memory-store.ts';
import type { ToolCall } from '../../../src/calls/tool-call.ts';
import { DEFAULT_CALL_SETTINGS, type LimitSettings } from '../../../src/settings/call-settings.ts';
import { aCall, anAnswer, type CallParts } from '../../support/tool-calls.ts';

function limited(limits: Partial<LimitSettings>) {
  let time = 1000;
  const passed: ToolCall[] = [];
  const waits: number[] = [];
  const refusals: string[] = [];
  const handler = rateLimit({
    limits: { ...DEFAULT_CALL_SETTINGS.limits, ...limits },
    store: createMemoryStore({ maxEntries: 1, maxBytes: 1, now: () => time }),
    meter: { rateLimited: (server) => refusals.push(server) },
    pause: async (milliseconds, signal) => {
      signal.throwIfAborted();
      waits.push(milliseconds);
      time += milliseconds;
    },
  })(async (call) => {
    passed.push(call);
    return anAnswer(call, 'found');
  });
  return {
    passed,
    waits,
    refusals,
    call: async (parts?: CallParts) => await handler(aCall(parts)),
    later: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

test('lets a server have 100 calls in any minute, and says when there is a place again', async () => {
  const { call, passed, refusals, later } = limited({});
  for (let count = 0; count < 100; count += 1) {
    await call();
    later(100);
  }

  await expect(call()).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    hint: 'Call again in 50 s.',
    data: { server: 'linear', limit: 100, retryAfterMs: 50_000, sent: false },
  });
  expect(passed).toHaveLength(100);
  expect(refusals).toEqual(['linear']);
  later(50_000);
  await call();
  await expect(call()).rejects.toMatchObject({ data: { retryAfterMs: 100 } });
});

test('counts each server apart, each by its own limit', async () => {
  const { call } = limited({ perMinute: 2, servers: { github: 1, constructor: 3 } });
  await call();
  await call();
  await expect(call()).rejects.toMatchObject({ code: 'RATE_LIMITED' });

  await call({ server: 'github' });
  await expect(call({ server: 'github' })).rejects.toMatchObject({ data: { limit: 1 } });
  for (let count = 0; count < 3; count += 1) await call({ server: 'constructor' });
  await expect(call({ server: 'toString' })).resolves.toBeDefined();
});

test('takes nothing from the server when the tool has no place left', async () => {
  const { call, passed } = limited({ perMinute: 3, tools: { 'linear/search': 1 } });
  await call();
  for (let count = 0; count < 5; count += 1) {
    await expect(call()).rejects.toMatchObject({ data: { tool: 'search', limit: 1 } });
  }

  await call({ tool: 'list' });
  await call({ tool: 'list' });
  await expect(call({ tool: 'list' })).rejects.toMatchObject({ data: { limit: 3 } });
  expect(passed).toHaveLength(3);
});

test('keeps one principal from taking the places of the others', async () => {
  const { call } = limited({ perPrincipalPerMinute: 2 });
  await call({ principal: 'ada' });
  await call({ principal: 'ada' });

  await expect(call({ principal: 'ada' })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await expect(call({ principal: 'bob' })).resolves.toBeDefined();
});

test('counts nothing where the limit is 0', async () => {
  const { call, passed } = limited({ perMinute: 0 });
  for (let count = 0; count < 500; count += 1) await call();

  expect(passed).toHaveLength(500);
});

test('waits for a place as long as it may', async () => {
  const { call, waits, passed } = limited({ perMinute: 1, waitMs: 60_000 });
  await call();

  await call();

  expect(waits).toEqual([60_000]);
  expect(passed).toHaveLength(2);
});

test('refuses at once when the wait would be too long', async () => {
  const { call, waits } = limited({ perMinute: 1, waitMs: 59_999 });
  await call();

  await expect(call()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(waits).toEqual([]);
});

test('stops waiting when the call is cancelled, and says that nothing was sent', async () => {
  const { call, passed } = limited({ perMinute: 1, waitMs: 60_000 });
  await call();
  const gone = AbortSignal.abort();

  await expect(call({ signal: gone })).rejects.toMatchObject({ code: 'CANCELLED', data: { sent: false } });
  expect(passed).toHaveLength(1);
});
