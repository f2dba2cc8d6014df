import { describe, expect, test } from 'vitest';
import { cache } from '../../../src/calls/layers/cache.ts';
import type { SharedStore } from '../../../src/calls/stores/store.ts';
import type { ToolAnswer, ToolCall } from '../../../src/calls/tool-call.ts';
import type { Json } from '../../../src/core/json.ts';
import { createRandom } from '../../support/random.ts';
import { STORES } from '../../support/stores.ts';
import { aCall } from '../../support/tool-calls.ts';

const CALLS = 2000;
const PEOPLE = ['ada', 'bob', 'cleo', 'dan'];

/** A tracker that shows each person their own issues, as of the last write. */
function tracker() {
  let version = 0;
  return {
    version: () => version,
    answer(call: ToolCall): ToolAnswer {
      if (call.intent === 'write') version += 1;
      const structuredContent = { for: call.principal, version };
      const result = JSON.stringify({ content: [], structuredContent });
      return { line: Buffer.from(`{"jsonrpc":"2.0","id":${call.id},"result":${result}}\n`), outcome: 'ok' };
    },
  };
}

function cached(store: SharedStore, upstream: ReturnType<typeof tracker>) {
  return cache({
    settings: {
      maxResultBytes: 10_000,
      tools: { 'linear/search': { ttlMs: 60_000, shared: false, staleIfErrorMs: 0 } },
    },
    store,
    meter: { cached: () => {} },
    instance: () => '1.0.0',
    tenant: 'test',
    now: () => new Date(),
  })(async (call) => upstream.answer(call));
}

async function replay(store: SharedStore, writeEvery: number) {
  const random = createRandom(7);
  const upstream = tracker();
  const handler = cached(store, upstream);
  const asked: { principal: string; query: number }[] = [];
  let [hits, reads, stale, crossed] = [0, 0, 0, 0];
  for (let index = 0; index < CALLS; index += 1) {
    if (index % writeEvery === writeEvery - 1) await handler(aCall({ tool: 'create', intent: 'write' }));
    if (asked.length === 0 || random.once(10)) asked.push({ principal: random.pick(PEOPLE), query: index });
    const { principal, query } = random.pick(asked);
    const call = spelled(principal, query, random.once(2), String(index));
    const { line } = await handler(call);
    const { id, result } = JSON.parse(String(line));
    expect(id).toBe(index);
    reads += 1;
    if (call.notes.cache === 'hit') hits += 1;
    if (result.structuredContent.version !== upstream.version()) stale += 1;
    if (result.structuredContent.for !== principal) crossed += 1;
  }
  return { hitRate: hits / reads, stale, crossed };
}

/** The same question in one of two ways: order of members, white space, spelling of numbers. */
function spelled(principal: string, query: number, isOther: boolean, id: string): ToolCall {
  const args = isOther
    ? `{ "limit" : 1.0e1, "query":"issue ${query}", "since":0.50 }`
    : `{"query":"issue ${query}","since":0.5,"limit":10}`;
  const line = `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"search","arguments":${args}}}\n`;
  return aCall({ principal, id, line: Buffer.from(line), args: JSON.parse(args) as Json });
}

describe.each(STORES)('a day of questions over $kind', ({ open }) => {
  test('is answered from the cache at least four times in five, one write in between', async () => {
    const { hitRate, stale, crossed } = await replay(await open(), CALLS / 2 + 1);

    expect({ stale, crossed }).toEqual({ stale: 0, crossed: 0 });
    expect(hitRate).toBeGreaterThanOrEqual(0.8);
  });

  test("shows nobody what was before a write, or what is another one's, however many writes there are", async () => {
    expect(await replay(await open(), 7)).toMatchObject({ stale: 0, crossed: 0 });
  });
});

test("two gateways that share Redis see each other's writes", async () => {
  const store = await STORES[1].open();
  const upstream = tracker();
  const [one, other] = [cached(store, upstream), cached(store, upstream)];
  const read = async (handler: typeof one): Promise<string> => {
    const call = aCall({ principal: 'ada' });
    const { result } = JSON.parse(String((await handler(call)).line));
    return `${call.notes.cache} ${result.structuredContent.version}`;
  };

  expect([await read(one), await read(other)]).toEqual(['miss 0', 'hit 0']);
  await other(aCall({ tool: 'create', intent: 'write' }));
  expect([await read(one), await read(other)]).toEqual(['miss 1', 'hit 1']);
});
