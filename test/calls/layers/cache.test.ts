import { describe, expect, test } from 'vitest';
import type { ToolAnswer, ToolCall } from '../../../src/calls/tool-call.ts';
import { McpctlError } from '../../../src/core/errors.ts';
import { cacheScene } from '../../support/cache-scene.ts';
import { STORES } from '../../support/stores.ts';
import { anAnswer, type CallParts } from '../../support/tool-calls.ts';

describe.each(STORES)('the cache over $kind', ({ open }) => {
  test('answers the same question again without the server, under the id of the new call', async () => {
    const { call, sent, later, counted } = cacheScene({ store: await open() });
    const first = await call({ id: '1', args: { query: 'bug', limit: 5 } });
    later(1500);

    const second = await call({ id: '"two"', args: { limit: 5.0, query: 'bug' } });

    expect(first).toMatchObject({
      id: 1,
      text: 'answer 1',
      status: 'miss',
      remark: { status: 'miss', ageMs: 0 },
    });
    expect(second).toMatchObject({
      id: 'two',
      text: 'answer 1',
      outcome: 'ok',
      status: 'hit',
      remark: { status: 'hit', ageMs: 1500 },
    });
    expect(sent).toHaveLength(1);
    expect(counted).toEqual(['miss', 'hit']);
  });

  test('keeps results apart by principal, arguments, server version and protocol', async () => {
    let instance = '1.0.0';
    const { call, sent } = cacheScene({ store: await open(), instance: () => instance });
    const modern = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    await call({ principal: 'ada' });
    await call({ principal: 'bob' });
    await call({ principal: 'ada', args: { query: 'x' } });
    await call({ principal: 'ada', params: modern });
    instance = '1.0.1';
    await call({ principal: 'ada' });

    expect(sent).toHaveLength(5);
    expect(await call({ principal: 'ada', params: modern })).toMatchObject({ text: 'answer 6' });
    expect(await call({ principal: 'ada', params: modern })).toMatchObject({ text: 'answer 6' });
  });

  test('tells numbers apart that readers of JSON confuse', async () => {
    const { call } = cacheScene({ store: await open() });
    const line = (id: string): Pick<CallParts, 'line'> => ({
      line: Buffer.from(
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"id":${id}}}}`,
      ),
    });

    expect(await call(line('12345678901234567890'))).toMatchObject({ text: 'answer 1' });
    expect(await call(line('12345678901234567891'))).toMatchObject({ text: 'answer 2' });
    expect(await call(line('1e400'))).toMatchObject({ text: 'answer 3' });
    expect(await call(line('1e401'))).toMatchObject({ text: 'answer 4' });
    expect(await call(line('null'))).toMatchObject({ text: 'answer 5' });
    expect(await call(line('12345678901234567890'))).toMatchObject({ text: 'answer 1' });
  });

  test('gives one result to all where the settings say so', async () => {
    const { call, sent } = cacheScene({ store: await open(), rule: { shared: true } });
    await call({ principal: 'ada' });

    expect(await call({ principal: 'bob' })).toMatchObject({ text: 'answer 1', status: 'hit' });
    expect(sent).toHaveLength(1);
  });

  test('leaves alone what the settings do not name, and what may write', async () => {
    const { call, sent, counted } = cacheScene({ store: await open() });
    for (const parts of [{ tool: 'list' }, { intent: 'unknown' }, { server: 'github' }] as const) {
      expect(await call(parts)).toMatchObject({ remark: undefined, status: undefined });
      expect(await call(parts)).toMatchObject({ remark: undefined, status: undefined });
    }

    expect(sent).toHaveLength(6);
    expect(counted).toEqual([]);
  });

  test('forgets a result when its time is over', async () => {
    const { call, later } = cacheScene({ store: await open(), rule: { ttlMs: 1000 } });
    await call();
    later(999);
    expect(await call()).toMatchObject({ status: 'hit' });
    later(1);

    expect(await call()).toMatchObject({ text: 'answer 2', status: 'miss' });
  });

  test('asks the server when the client wants that, and keeps the newer answer', async () => {
    const { call } = cacheScene({ store: await open() });
    await call();

    expect(await call({ isFresh: true })).toMatchObject({ text: 'answer 2', status: 'bypass' });
    expect(await call()).toMatchObject({ text: 'answer 2', status: 'hit' });
  });

  test.each<{ what: string; parts: CallParts }>([
    { what: 'part of a conversation', parts: { isContinued: true } },
    { what: 'with answers to questions', parts: { params: { inputResponses: {} } } },
    { what: 'as a task', parts: { params: { task: { ttl: 60_000 } } } },
  ])('passes on a call $what', async ({ parts }) => {
    const { call } = cacheScene({ store: await open() });
    await call();

    expect(await call(parts)).toMatchObject({ text: 'answer 2', status: 'bypass', remark: undefined });
    expect(await call()).toMatchObject({ text: 'answer 1' });
  });

  test.each([
    { what: 'an error of the tool', line: { result: { content: [], isError: true } }, outcome: 'tool_error' },
    { what: 'an error of the protocol', line: { error: { code: -32602, message: 'No.' } }, outcome: 'error' },
    { what: 'half an answer', line: { result: { resultType: 'input_required' } }, isPartial: true },
    { what: 'a task', line: { result: { task: { taskId: '1' } } } },
    { what: 'a result of another type', line: { result: { resultType: 'task' } } },
    { what: 'a result that is too long', line: { result: { content: [], text: 'x'.repeat(10_000) } } },
  ] as const)('never keeps $what', async ({ line, ...facts }) => {
    const { call, sent } = cacheScene({
      store: await open(),
      answer: ({ id }) => ({
        outcome: 'ok',
        ...facts,
        line: Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(id), ...line })}\n`),
      }),
    });
    await call();

    expect(await call({ id: '7' })).toMatchObject({ id: 7, status: 'miss', remark: undefined });
    expect(sent).toHaveLength(2);
  });

  test('serves a result whose time is over when the server fails, if the settings allow', async () => {
    const store = await open();
    const failing = { isFailing: false };
    const answer = (asked: ToolCall): ToolAnswer => {
      if (failing.isFailing) throw new McpctlError('SERVER_EXITED', 'Gone.');
      return anAnswer(asked, 'found');
    };
    const { call, later } = cacheScene({ store, answer, rule: { ttlMs: 1000, staleIfErrorMs: 5000 } });
    await call();
    failing.isFailing = true;
    later(5999);
    expect(await call()).toMatchObject({
      text: 'found',
      status: 'stale',
      remark: { status: 'stale', ageMs: 5999 },
    });
    later(1);

    await expect(call()).rejects.toMatchObject({ code: 'SERVER_EXITED' });
  });

  test('never serves what somebody may no longer see', async () => {
    const refusing = { code: undefined as 'SIGN_IN_NEEDED' | 'TOOL_DENIED' | undefined };
    const answer = (asked: ToolCall): ToolAnswer => {
      if (refusing.code) throw new McpctlError(refusing.code, 'No.');
      return anAnswer(asked, 'found');
    };
    const { call, later } = cacheScene({
      store: await open(),
      answer,
      rule: { ttlMs: 1000, staleIfErrorMs: 5000 },
    });
    await call();
    later(1000);

    refusing.code = 'SIGN_IN_NEEDED';
    await expect(call()).rejects.toMatchObject({ code: 'SIGN_IN_NEEDED' });
    refusing.code = 'TOOL_DENIED';
    await expect(call()).rejects.toMatchObject({ code: 'TOOL_DENIED' });
  });
});

test('asks the server for everything while generations cannot be read', async () => {
  const store = await STORES[0].open();
  const away = async (): Promise<never> => {
    throw new McpctlError('STORE_UNREACHABLE', 'Away.');
  };
  const { call, counted } = cacheScene({ store: { ...store, generation: away } });

  expect(await call()).toMatchObject({ text: 'answer 1', status: 'bypass' });
  expect(await call()).toMatchObject({ text: 'answer 2', status: 'bypass' });
  expect(counted).toEqual(['bypass', 'bypass']);
});

test('keeps who is local on one machine apart from who is local on another', async () => {
  const store = await STORES[1].open();
  const [laptop, tower] = [
    cacheScene({ store, tenant: 'ada@laptop' }),
    cacheScene({ store, tenant: 'bob@tower' }),
  ];
  await laptop.call();
  await laptop.call({ principal: 'team' });

  expect(await tower.call()).toMatchObject({ status: 'miss' });
  expect(await tower.call({ principal: 'team' })).toMatchObject({ status: 'hit' });
});
