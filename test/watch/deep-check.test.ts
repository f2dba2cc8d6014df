import { expect, test } from 'vitest';
import { DEFAULT_WATCH_SETTINGS } from '../../src/settings/watch-settings.ts';
import { deepCheckOf } from '../../src/watch/deep-check.ts';
import type { WatchedServer } from '../../src/watch/ports.ts';
import { fakeClock } from '../support/fake-clock.ts';

const call = { tool: 'read_graph', arguments: { depth: 1 } };
const server: WatchedServer = {
  name: 'memory',
  chosen: {
    server: { name: 'memory', entry: { command: 'node' }, scope: 'user', manifest: '/m.json' },
    notes: [],
  } as unknown as WatchedServer['chosen'],
  profile: 'memory',
  isRemote: false,
  isDisabled: false,
  isOurs: true,
};

function deepCheck(settings: object = {}) {
  const clock = fakeClock();
  const deep = deepCheckOf(server, {
    ports: { clock, callOf: async () => call },
    settings: { ...DEFAULT_WATCH_SETTINGS, deep: true, ...settings },
  });
  if (!deep) throw new Error('there is none');
  return { clock, deep };
}

test('asks for no more than a sign of life unless it is wanted', () => {
  const ports = { clock: fakeClock(), callOf: async () => call };
  expect(deepCheckOf(server, { ports, settings: DEFAULT_WATCH_SETTINGS })).toBeUndefined();
});

test('a call is due at once and then every ten minutes, and never more often than a probe', async () => {
  const usual = deepCheck();
  const quick = deepCheck({ deepIntervalMs: 1000, intervalMs: 60_000 });
  for (const { deep } of [usual, quick]) {
    expect(await deep.due([])).toEqual(call);
    deep.told(call, { outcome: 'ok', ms: 3 });
    expect(await deep.due([])).toBeUndefined();
  }
  await usual.clock.pass(599_999);
  await quick.clock.pass(59_999);
  expect([await usual.deep.due([]), await quick.deep.due([])]).toEqual([undefined, undefined]);

  await usual.clock.pass(1);
  await quick.clock.pass(1);
  expect([await usual.deep.due([]), await quick.deep.due([])]).toEqual([call, call]);
});

test('a tool that is not what was locked is left alone', async () => {
  const { deep } = deepCheck();

  expect(await deep.due(['read_graph'])).toBeUndefined();
  expect(await deep.due(['other'])).toEqual(call);
});

test('a failed call is a flaw, with the command that shows it, until one goes well or the server begins anew', async () => {
  const { clock, deep } = deepCheck();
  deep.told(call, { outcome: 'failed', ms: 3, message: 'the key expired' });

  expect(deep.flaw).toMatchObject({
    code: 'SERVER_CALL_FAILED',
    message: 'memory answers, but its tool read_graph fails: the key expired',
    hint: 'mcpctl call memory read_graph depth:=1',
  });
  expect(deep.last).toEqual({
    tool: 'read_graph',
    at: 0,
    outcome: 'failed',
    ms: 3,
    message: 'the key expired',
  });
  expect(deep.flaw).toBe(deep.flaw);

  await clock.pass(29_999);
  expect(await deep.due([])).toBeUndefined();
  await clock.pass(1);
  expect(await deep.due([])).toEqual(call);
  deep.told(call, { outcome: 'ok', ms: 3 });
  expect(deep.flaw).toBeUndefined();

  deep.told(call, { outcome: 'failed', ms: 3, message: 'again' });
  deep.forget();
  expect([deep.flaw, await deep.due([])]).toEqual([undefined, call]);
});

test('a call that was not made, and a process that knows no calls, say nothing against the server', () => {
  const { deep } = deepCheck();
  deep.told(call, { outcome: 'refused', ms: 0, message: 'The server does not list the tool.' });
  expect(deep.flaw).toBeUndefined();

  deep.told(call, undefined);
  expect([deep.flaw, deep.last]).toEqual([undefined, undefined]);
});
