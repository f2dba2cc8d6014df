import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { fixtureEntry } from '../../support/servers.ts';
import { type TestClient, until } from './hub-world.ts';
import { type RealHub, realHub } from './real-hub.ts';

const various = fixtureEntry('various');
const CHANGED = 'notifications/tools/list_changed';

const names = async (client: TestClient): Promise<string[]> =>
  ((await client.result('tools/list')).tools as JsonObject[]).map(({ name }) => String(name));
const has = async (client: TestClient, name: string): Promise<boolean> =>
  (await names(client)).includes(name);
const pidsOf = async (client: TestClient, server: string): Promise<number> => {
  const { content } = await client.result('tools/call', { name: `${server}__who`, arguments: {} });
  return JSON.parse((content as { text: string }[])[0]?.text ?? '').pid;
};
const stateOf = ({ hub }: RealHub, name: string): string | undefined =>
  hub.servers().find((one) => one.name === name)?.state;

test('follows the manifest: what stays the same is left alone', async () => {
  const hub = await realHub({ servers: { same: various, changed: various, removed: various } });
  const someone = hub.client();
  for (const server of ['same', 'changed', 'removed']) await until(() => has(someone, `${server}__who`));
  const before = await Promise.all(['same', 'changed'].map((server) => pidsOf(someone, server)));
  const slow = someone.result('tools/call', { name: 'removed__slow', arguments: { ms: 500 } });

  await hub.manifest({
    same: various,
    changed: fixtureEntry('various', { TOOLS: '["new"]' }),
    added: various,
  });

  await until(async () => (await has(someone, 'added__who')) && (await has(someone, 'changed__new')));
  expect(someone.notes.map(({ method }) => method)).toContain(CHANGED);
  expect((await slow).content).toEqual([{ type: 'text', text: 'slow {"ms":500}' }]);
  const after = await Promise.all(['same', 'changed'].map((server) => pidsOf(someone, server)));
  expect(after[0]).toBe(before[0]);
  expect(after[1]).not.toBe(before[1]);
  expect(hub.hub.servers().map(({ name }) => name)).toEqual(['same', 'changed', 'added']);
  expect(await has(someone, 'removed__who')).toBe(false);
  for (const pid of [before[1] as number]) await until(() => !isAlive(pid));
});

test('a manifest that cannot be read changes nothing, and the log says so', async () => {
  const hub = await realHub({ servers: { various } });
  const someone = hub.client();
  await until(() => has(someone, 'various__who'));
  const pid = await pidsOf(someone, 'various');

  await appendFile(join(hub.home, '.config', 'claude', 'claude_desktop_config.json'), '{{{');

  await until(() => hub.events.some(({ level }) => level === 'error'));
  expect(await pidsOf(someone, 'various')).toBe(pid);
  await hub.manifest({ various, other: various });
  await until(() => has(someone, 'other__who'));
});

test('follows the settings: what policy forbids is neither listed nor called', async () => {
  const hub = await realHub({ servers: { various } });
  const someone = hub.client();
  await until(() => has(someone, 'various__add'));
  const pid = await pidsOf(someone, 'various');

  await writeFile(
    join(hub.home, '.config', 'mcpctl', 'config.json'),
    JSON.stringify({ audit: { enabled: false }, policy: { deny: ['various/add'] } }),
  );

  await until(() => someone.notes.some(({ method }) => method === CHANGED));
  expect(await has(someone, 'various__add')).toBe(false);
  expect(await someone.request('tools/call', { name: 'various__add' })).toHaveProperty('error');
  expect(await pidsOf(someone, 'various')).toBe(pid);
});

test('restarts a server when it is told to, and its clients go on', async () => {
  const hub = await realHub({ servers: { various, other: various } });
  const someone = hub.client();
  await until(() => has(someone, 'various__who'));
  await until(() => has(someone, 'other__who'));
  const before = await Promise.all(['various', 'other'].map((server) => pidsOf(someone, server)));

  await hub.hub.restart('various');

  const after = await Promise.all(['various', 'other'].map((server) => pidsOf(someone, server)));
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).toBe(before[1]);
  expect(hub.hub.servers().map(({ restarts, pids }) => [restarts, pids])).toEqual([
    [1, [after[0]]],
    [0, [after[1]]],
  ]);
  await expect(hub.hub.restart('nobody')).rejects.toMatchObject({ code: 'SERVER_UNKNOWN' });
});

test('a server that is killed is back at the next call, its subscriptions too', async () => {
  const hub = await realHub({ servers: { various: fixtureEntry('various', { URI: 'demo://it' }) } });
  const someone = hub.client();
  await until(() => has(someone, 'various__who'));
  await someone.result('resources/subscribe', { uri: 'demo://it' });
  const pid = await pidsOf(someone, 'various');

  process.kill(pid, 'SIGKILL');

  await until(async () => {
    const { result } = await someone.request('tools/call', { name: 'various__who', arguments: {} });
    return (
      result !== undefined &&
      JSON.parse((result as { content: { text: string }[] }).content[0]?.text ?? '').pid !== pid
    );
  });
  await someone.result('tools/call', { name: 'various__touch', arguments: {} });
  await until(() => someone.notes.some(({ method }) => method === 'notifications/resources/updated'));
});

test('stops a server nobody calls, and starts it again for who does', async () => {
  const hub = await realHub({ servers: { various }, settings: { gateway: { idleStopMs: 200 } } });
  const someone = hub.client();
  await until(() => has(someone, 'various__who'));
  const pid = await pidsOf(someone, 'various');

  await until(() => stateOf(hub, 'various') === 'dormant');

  expect(await has(someone, 'various__who')).toBe(true);
  expect(stateOf(hub, 'various')).toBe('dormant');
  expect(await pidsOf(someone, 'various')).not.toBe(pid);
});

test('servers that are dead, silent or talk nonsense delay no list', async () => {
  const hub = await realHub({
    servers: {
      good: various,
      missing: { command: '/nowhere/at/all' },
      exits: fixtureEntry('exits'),
      junk: fixtureEntry('junk'),
      silent: fixtureEntry('silent'),
      late: fixtureEntry('various', { START_MS: '2500' }),
    },
  });
  const someone = hub.client();

  await until(() => has(someone, 'good__who'));
  expect(await has(someone, 'late__who')).toBe(false);
  await until(() => has(someone, 'late__who'));

  expect(stateOf(hub, 'missing')).toBe('degraded');
  const refused = await someone.request('tools/call', { name: 'missing__x' });
  expect(refused).toHaveProperty('error');
});

test('all pages of a large server are one list, in pages of our own only when it is huge', async () => {
  const hub = await realHub({ servers: { large: fixtureEntry('various', { COUNT: '1500', PAGE: '100' }) } });
  const someone = hub.client();
  await until(() => has(someone, 'large__tool-0'));

  const first = await someone.result('tools/list');
  const second = await someone.result('tools/list', { cursor: first.nextCursor as string });

  expect((first.tools as unknown[]).length + (second.tools as unknown[]).length).toBe(1506);
  expect(second).not.toHaveProperty('nextCursor');
  expect(await someone.request('tools/list', { cursor: 'nonsense' })).toMatchObject({
    error: { code: -32602 },
  });
});

test('a tool that came during the session can be called at once', async () => {
  const hub = await realHub({ servers: { various } });
  const someone = hub.client();
  await until(() => has(someone, 'various__add'));

  await someone.result('tools/call', { name: 'various__add', arguments: { name: 'fresh' } });

  expect((await someone.result('tools/call', { name: 'various__fresh', arguments: {} })).content).toEqual([
    { type: 'text', text: 'fresh {}' },
  ]);
  await until(() => someone.notes.some(({ method }) => method === CHANGED));
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
