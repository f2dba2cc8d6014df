import { describe, expect, test } from 'vitest';
import { McpctlError } from '../../../src/core/errors.ts';
import { cacheScene, gate } from '../../support/cache-scene.ts';
import { until } from '../../support/redis.ts';
import { STORES } from '../../support/stores.ts';
import { anAnswer } from '../../support/tool-calls.ts';

const write = { tool: 'create', intent: 'write' } as const;

describe.each(STORES)('the cache over $kind', ({ open }) => {
  test('serves nothing of before a write from the moment it is sent', async () => {
    const writing = gate();
    const { call, sent } = cacheScene({
      store: await open(),
      answer: async (asked, count) => {
        if (asked.intent === 'write') await writing.passed;
        return anAnswer(asked, `answer ${count}`);
      },
    });
    await call();
    const written = call(write);
    await until(() => sent.length === 2);

    expect(await call()).toMatchObject({ text: 'answer 3', status: 'miss' });
    writing.open();
    await written;
  });

  test('serves nothing of before a write to those who ask after it', async () => {
    const { call } = cacheScene({ store: await open() });
    await call({ principal: 'ada' });
    await call({ principal: 'bob', ...write });

    expect(await call({ principal: 'ada' })).toMatchObject({ text: 'answer 3', status: 'miss' });
    expect(await call({ principal: 'ada' })).toMatchObject({ text: 'answer 3', status: 'hit' });
    await call({ principal: 'bob', ...write, server: 'github' });
    expect(await call({ principal: 'ada' })).toMatchObject({ text: 'answer 3', status: 'hit' });
  });

  test('keeps no read that a write overtook', async () => {
    const reading = gate();
    const { call, sent } = cacheScene({
      store: await open(),
      answer: async (asked, count) => {
        if (count === 1) await reading.passed;
        return anAnswer(asked, `answer ${count}`);
      },
    });
    const early = call();
    await until(() => sent.length === 1);
    await call(write);
    reading.open();

    expect(await early).toMatchObject({ text: 'answer 1', remark: undefined });
    expect(await call()).toMatchObject({ text: 'answer 3', status: 'miss' });
  });

  test('shows what was read while a write was under way to nobody after it', async () => {
    const writing = gate();
    const { call, sent } = cacheScene({
      store: await open(),
      answer: async (asked, count) => {
        if (asked.intent === 'write') await writing.passed;
        return anAnswer(asked, `answer ${count}`);
      },
    });
    const written = call(write);
    await until(() => sent.length === 1);
    const during = await call();
    writing.open();
    await written;

    expect(during).toMatchObject({ text: 'answer 2' });
    expect(await call()).toMatchObject({ text: 'answer 3', status: 'miss' });
  });

  test('keeps nothing for a while after a write that nobody heard the end of', async () => {
    const { call, later } = cacheScene({
      store: await open(),
      answer: (asked, count) => {
        if (asked.intent === 'write') throw new McpctlError('SERVER_TIMEOUT', 'No answer.');
        return anAnswer(asked, `answer ${count}`);
      },
    });
    await expect(call(write)).rejects.toMatchObject({ code: 'SERVER_TIMEOUT' });

    expect(await call()).toMatchObject({ text: 'answer 2' });
    expect(await call()).toMatchObject({ text: 'answer 3' });
    later(60_000);
    expect(await call()).toMatchObject({ text: 'answer 4' });
    expect(await call()).toMatchObject({ text: 'answer 4', status: 'hit' });
  });

  test('goes on keeping after a write that was never sent', async () => {
    const { call } = cacheScene({
      store: await open(),
      answer: (asked, count) => {
        if (asked.intent === 'write')
          throw new McpctlError('SERVER_RESTING', 'No.', { data: { sent: false } });
        return anAnswer(asked, `answer ${count}`);
      },
    });
    await expect(call(write)).rejects.toThrow();
    await call();

    expect(await call()).toMatchObject({ status: 'hit' });
  });
});
