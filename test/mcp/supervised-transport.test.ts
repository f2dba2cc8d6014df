import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { McpctlError } from '../../src/core/errors.ts';
import {
  type Message,
  OTHER,
  type Program,
  standard,
  TOOL,
  type World,
  world,
} from '../support/scripted-program.ts';

async function begin(it: World): Promise<void> {
  await it.supervised.start({
    message: (bytes) => it.client.push(JSON.parse(bytes.toString('utf8'))),
    closed: (reason) => it.closed.push(reason),
  });
}

async function greet(it: World): Promise<void> {
  await begin(it);
  const params = { protocolVersion: '2025-11-25', capabilities: {} };
  await it.ask({ id: 0, method: 'initialize', params });
  it.tell({ method: 'notifications/initialized' });
  await it.ask({ id: 1, method: 'tools/list' });
}

const look = (id: unknown): Message => ({ id, method: 'tools/call', params: { name: 'look' } });
const methods = (program: Program | undefined): unknown[] =>
  program?.received.map(({ method }) => method) ?? [];
const code = async (done: Promise<void>): Promise<string> =>
  await done.then(
    () => 'answered',
    (error: McpctlError) => error.code,
  );

test('starts again at once, then ever more slowly, and gives up in the end', async () => {
  const it = world();
  await greet(it);
  it.answer = (message, run) => (run > 0 && message.method === 'initialize' ? undefined : standard(message));
  const lost = code(it.ask(look(2)));
  const dies = async (run: number): Promise<void> => {
    await expect.poll(() => methods(it.programs[run])).toContain('initialize');
    it.programs[run]?.crash();
  };
  for (let run = 0; run <= 5; run += 1) await dies(run);

  expect(await lost).toBe('SERVER_CRASH_LOOP');
  expect(it.programs).toHaveLength(6);
  expect(it.pauses).toEqual([500, 1000, 2000, 4000]);
  expect(it.supervised.state).toBe('failed');
  expect(it.closed).toEqual([]);

  expect(await code(it.ask(look(3)))).toBe('SERVER_CRASH_LOOP');
  it.now += 300_000;
  it.answer = (message) => (message.method === 'tools/call' ? { content: [] } : standard(message));
  expect(await code(it.ask(look(4)))).toBe('answered');
  expect(it.supervised.state).toBe('healthy');
});

test('forgets earlier ends of a program that worked for a while', async () => {
  const it = world();
  await greet(it);
  for (let run = 0; run < 12; run += 1) {
    it.now += 10_000;
    it.programs.at(-1)?.crash();
    await expect.poll(() => it.supervised.restarts).toBe(run + 1);
  }

  expect(it.pauses).toEqual([]);
  expect(it.supervised.state).toBe('healthy');
});

test('does not start again what never answered its client, or wants a sign-in', async () => {
  const silent = world();
  silent.answer = () => undefined;
  await begin(silent);
  const lost = code(silent.ask({ id: 0, method: 'initialize' }));
  silent.programs[0]?.crash();
  expect(await lost).toBe('SERVER_EXITED');
  expect(silent.closed.map((reason) => reason?.code)).toEqual(['SERVER_EXITED']);
  expect(silent.programs).toHaveLength(1);

  const refused = world();
  await greet(refused);
  refused.failure = new McpctlError('SIGN_IN_NEEDED', 'Sign in first.');
  const waiting = code(refused.ask(look(2)));
  refused.programs[0]?.crash();
  expect(await waiting).toBe('SIGN_IN_NEEDED');
  expect(refused.pauses).toEqual([]);
  expect(await code(refused.ask(look(3)))).toBe('SIGN_IN_NEEDED');
});

test('keeps the order of what waits, and forgets what was cancelled', async () => {
  const it = world();
  await greet(it);
  const first = it.ask(look('in-flight'));
  void it.ask(look('given-up'));
  const isGreeting = ({ method }: Message): boolean => method === 'initialize';
  it.answer = (message, run) => (run === 1 && isGreeting(message) ? undefined : standard(message));
  it.programs[0]?.crash();
  await expect.poll(() => methods(it.programs[1])).toEqual(['initialize']);
  const second = it.ask(look('later'));
  void it.ask(look('given-up-too'));
  it.tell({ method: 'notifications/cancelled', params: { requestId: 'given-up' } });
  it.tell({ method: 'notifications/cancelled', params: { requestId: 'given-up-too' } });
  it.tell({ method: 'notifications/x' });
  it.answer = (message) => (message.method === 'tools/call' ? { content: [] } : standard(message));
  it.programs[1]?.say({ id: 0, result: standard({ method: 'initialize' }) });
  await Promise.all([first, second]);

  const calls = it.programs[1]?.received.slice(3).map(({ id, method }) => id ?? method);
  expect(calls).toEqual(['in-flight', 'later', 'notifications/x']);
});

test('tells the client of another list, and only then', async () => {
  const it = world();
  await greet(it);
  it.programs[0]?.crash();
  await expect.poll(() => it.supervised.restarts).toBe(1);
  expect(it.client.map(({ method }) => method)).not.toContain('notifications/tools/list_changed');

  it.answer = (message) => (message.method === 'tools/list' ? { tools: [OTHER, TOOL] } : standard(message));
  it.programs[1]?.crash();
  await expect.poll(() => it.supervised.restarts).toBe(2);
  expect(it.client.at(-1)?.method).toBe('notifications/tools/list_changed');

  it.answer = (message) => (message.method === 'tools/list' ? { tools: [TOOL, OTHER] } : standard(message));
  it.programs[2]?.crash();
  await expect.poll(() => it.supervised.restarts).toBe(3);
  expect(it.client.filter(({ method }) => method !== undefined)).toHaveLength(1);
});

test('judges the tools of a new run, all pages, before anything else reaches it', async () => {
  const judged: string[][] = [];
  let refusals = 1;
  const it = world({
    verify(tools) {
      judged.push(tools.map(({ name }) => name));
      refusals -= 1;
      if (refusals >= 0) throw new McpctlError('SERVER_PROTOCOL', 'no');
    },
  });
  await greet(it);
  it.answer = (message) => {
    if (message.method === 'tools/call') return { content: [] };
    if (message.method !== 'tools/list') return standard(message);
    return message.params?.cursor === 'b' ? { tools: [OTHER] } : { tools: [TOOL], nextCursor: 'b' };
  };
  it.programs[0]?.crash();
  await it.ask(look(2));

  expect(judged).toEqual([
    ['look', 'other'],
    ['look', 'other'],
  ]);
  expect(it.programs.slice(1).map((program) => methods(program).includes('tools/call'))).toEqual([
    false,
    true,
  ]);
});

test('does not go on in another protocol version', async () => {
  const it = world();
  await greet(it);
  it.answer = (message) =>
    message.method === 'initialize' ? { protocolVersion: '2024-11-05', capabilities: {} } : standard(message);
  const lost = it.ask(look(2)).catch((error: McpctlError) => error);
  it.programs[0]?.crash();

  expect(await lost).toMatchObject({ code: 'SERVER_CRASH_LOOP', data: { cause: 'SERVER_PROTOCOL' } });
});

test('starts again when asked, whatever its state, after what is in flight was answered', async () => {
  const it = world();
  const reasons: string[] = [];
  const asked = world({ restarted: (reason) => void reasons.push(reason) });
  await greet(asked);
  await asked.supervised.restart('asked');
  await asked.supervised.restart('hang');
  asked.programs.at(-1)?.crash();
  await expect.poll(() => asked.supervised.restarts).toBe(3);
  expect(reasons).toEqual(['asked', 'hang', 'exit']);

  await greet(it);
  it.failure = new McpctlError('SERVER_NOT_STARTED', 'gone');
  it.programs[0]?.crash();
  await expect.poll(() => it.supervised.state).toBe('failed');
  await expect(it.supervised.restart('asked')).rejects.toMatchObject({ code: 'SERVER_CRASH_LOOP' });
  it.failure = undefined;
  await it.supervised.restart('asked');
  expect(it.supervised.state).toBe('healthy');
});

test('plays no handshake in the stateless era, and keeps its subscriptions', async () => {
  const it = world();
  const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  const tag = { 'io.modelcontextprotocol/subscriptionId': 9 };
  await begin(it);
  await it.ask({ id: 1, method: 'tools/list', params: { _meta: { ..._meta, progressToken: 5 } } });
  const acknowledge = (): void =>
    it.programs.at(-1)?.say({ method: 'notifications/subscriptions/acknowledged', params: { _meta: tag } });
  void it.ask({
    id: 9,
    method: 'subscriptions/listen',
    params: { _meta, notifications: { toolsListChanged: true } },
  });
  acknowledge();
  it.answer = ({ method }) => (method === 'tools/list' ? { tools: [OTHER] } : undefined);
  it.programs[0]?.crash();
  await expect.poll(() => methods(it.programs[1])).toEqual(['tools/list', 'subscriptions/listen']);
  acknowledge();

  expect(it.programs[1]?.received[0]?.params).toEqual({ _meta });
  expect(it.client.slice(1)).toEqual([
    { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: { _meta: tag } },
    { jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: { _meta: tag } },
  ]);
});

test('refuses what arrives when too much waits already', async () => {
  const it = world();
  await greet(it);
  it.answer = () => undefined;
  it.programs[0]?.crash();
  const outcomes = Array.from({ length: 1001 }, (_, id) => code(it.ask(look(`n${id}`))));

  expect(await outcomes.at(-1)).toBe('SERVER_BUSY');
  await it.supervised.close();
  await setImmediate();
  expect(it.closed).toEqual([undefined]);
});

test('starts nothing once it was closed', async () => {
  const it = world();
  await greet(it);
  await it.supervised.close();
  it.programs[0]?.crash();
  await setImmediate();

  expect(it.programs).toHaveLength(1);
  expect(it.closed).toEqual([undefined]);
  await expect(it.supervised.restart('asked')).rejects.toMatchObject({ code: 'SERVER_EXITED' });
});

test('starts nothing when it is closed while the next run gets ready', async () => {
  const it = world();
  await greet(it);
  let go = (): void => {};
  it.opening = new Promise<void>((resolve) => {
    go = resolve;
  });
  it.programs[0]?.crash();
  await setImmediate();
  await it.supervised.close();
  go();
  await setImmediate();

  expect(methods(it.programs[1])).toEqual([]);
  expect(it.closed).toEqual([undefined]);
});
