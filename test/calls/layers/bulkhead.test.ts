import { expect, test } from 'vitest';
import { bulkhead } from '../../../src/calls/layers/bulkhead.ts';
import { McpctlError } from '../../../src/core/errors.ts';
import { aCall, anAnswer } from '../../support/tool-calls.ts';

function bench({ perServer = 2, queue = 3 } = {}) {
  const begun: string[] = [];
  const finish = new Map<string, () => void>();
  const handler = bulkhead({ perServer, servers: { single: 1, any: 0 }, queue })(async (call) => {
    begun.push(call.id);
    await new Promise<void>((resolve) => finish.set(call.id, resolve));
    return anAnswer(call, 'done');
  });
  const call = (id: string, parts = {}): Promise<string> =>
    handler(aCall({ id, ...parts })).then(
      () => 'done',
      (error: McpctlError) => error.code,
    );
  const settle = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));
  const end = async (id: string): Promise<void> => {
    finish.get(id)?.();
    await settle();
  };
  return { begun, call, end, settle };
}

test('a server works on so many calls at once; the rest wait in order, and what is too much is refused', async () => {
  const { begun, call, end } = bench();
  for (const id of ['1', '2', '3', '4', '5']) void call(id);
  expect(await call('6')).toBe('SERVER_BUSY');
  expect(begun).toEqual(['1', '2']);
  void call('7', { server: 'other' });
  expect(begun).toContain('7');
  await end('2');
  await end('1');
  expect(begun).toEqual(['1', '2', '7', '3', '4']);
});

test('principals take turns', async () => {
  const { begun, call, end } = bench({ perServer: 1, queue: 10 });
  for (const id of ['a1', 'a2', 'a3', 'a4']) void call(id, { principal: 'a' });
  void call('b1', { principal: 'b' });
  void call('b2', { principal: 'b' });
  for (const id of ['a1', 'a2', 'b1', 'a3', 'b2']) await end(id);

  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4']);
});

test('who leaves the queue makes room, and its place is never taken', async () => {
  const { begun, call, end } = bench({ perServer: 1, queue: 1 });
  const controller = new AbortController();
  void call('1');
  const left = call('2', { signal: controller.signal });
  controller.abort(new McpctlError('CANCELLED', 'left'));
  expect(await left).toBe('CANCELLED');
  void call('3');
  await end('1');
  await end('3');
  void call('4');

  expect(begun).toEqual(['1', '3', '4']);
});

test('single servers have numbers of their own; 0 is any number', async () => {
  const { begun, call, settle } = bench();
  void call('1', { server: 'single' });
  void call('2', { server: 'single' });
  for (let id = 10; id < 40; id += 1) void call(String(id), { server: 'any' });
  await settle();

  expect(begun).toHaveLength(31);
});
