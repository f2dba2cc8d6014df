import { describe, expect, test } from 'vitest';
import { McpctlError } from '../../../src/core/errors.ts';
import type { StopSignal } from '../../../src/core/stop.ts';
import { cacheScene, gate, settled } from '../../support/cache-scene.ts';
import { until } from '../../support/redis.ts';
import { STORES } from '../../support/stores.ts';
import { anAnswer } from '../../support/tool-calls.ts';

describe.each(STORES)('the cache over $kind', ({ open }) => {
  test('asks the server once for many who ask the same at the same time', async () => {
    const answering = gate();
    const { call, sent, counted } = cacheScene({
      store: await open(),
      answer: async (asked) => {
        await answering.passed;
        return anAnswer(asked, 'found');
      },
    });
    const calls = Array.from({ length: 200 }, (_, index) => call({ id: String(index) }));
    await until(() => sent.length === 1);
    answering.open();

    const answers = await Promise.all(calls);

    expect(sent).toHaveLength(1);
    expect(answers.map(({ id }) => id)).toEqual(calls.map((_, index) => index));
    expect(answers.every(({ text }) => text === 'found')).toBe(true);
    expect(counted.filter((status) => status === 'miss')).toHaveLength(1);
  });
});

describe('calls that are shared', () => {
  const open = STORES[0].open;

  test('leave the others theirs when one is cancelled, and end with the last', async () => {
    const signals: StopSignal[] = [];
    const { call } = cacheScene({
      store: await open(),
      answer: ({ signal }) => {
        signals.push(signal);
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new McpctlError('CANCELLED', 'Stopped.')));
        });
      },
    });
    const [one, other] = [new AbortController(), new AbortController()];
    const first = call({ signal: one.signal });
    const second = call({ signal: other.signal });
    await until(() => signals.length === 1);
    await settled();

    one.abort();
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    other.abort();
    await expect(second).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('answer who stays though the one who began is gone', async () => {
    const answering = gate();
    const { call, sent } = cacheScene({
      store: await open(),
      answer: async (asked) => {
        await answering.passed;
        return anAnswer(asked, 'found');
      },
    });
    const gone = new AbortController();
    const first = call({ id: '1', signal: gone.signal });
    const second = call({ id: '2' });
    await settled();
    gone.abort();
    await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
    answering.open();

    expect(await second).toMatchObject({ id: 2, text: 'found' });
    expect(sent).toHaveLength(1);
  });

  test('pass a question of the server to the one who was asked only', async () => {
    const answering = gate();
    const { call, sent } = cacheScene({
      store: await open(),
      answer: async (asked, count) => {
        if (count > 1) return anAnswer(asked, `answer ${count}`);
        await answering.passed;
        const line = Buffer.from(
          `{"jsonrpc":"2.0","id":${asked.id},"result":{"resultType":"input_required"}}\n`,
        );
        return { line, outcome: 'ok', isPartial: true };
      },
    });
    const calls = [call({ id: '1' }), call({ id: '2' })];
    await settled();
    answering.open();

    expect(await Promise.all(calls)).toMatchObject([
      { id: 1, isPartial: true, text: undefined },
      { id: 2, text: 'answer 2' },
    ]);
    expect(sent).toHaveLength(2);
  });

  test('fail together, and the next one asks again', async () => {
    const answering = gate();
    const { call, sent } = cacheScene({
      store: await open(),
      answer: async (asked, count) => {
        await answering.passed;
        if (count === 1) throw new McpctlError('SERVER_EXITED', 'Gone.');
        return anAnswer(asked, 'found');
      },
    });
    const calls = [call(), call()];
    await settled();
    answering.open();

    expect(await Promise.allSettled(calls)).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    expect(await call()).toMatchObject({ text: 'found', status: 'miss' });
    expect(sent).toHaveLength(2);
  });
});
