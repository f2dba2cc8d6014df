import { describe, expect, onTestFinished, test } from 'vitest';
import { serverPrefix } from '../../src/calls/cache/cache-key.ts';
import { createMemoryStore } from '../../src/calls/stores/memory-store.ts';
import { createRedisStore } from '../../src/calls/stores/redis-store.ts';
import type { SharedStore } from '../../src/calls/stores/store.ts';
import { answerForCache } from '../../src/gateway/control/answer-for-cache.ts';
import { openControl } from '../../src/gateway/control/open-control.ts';
import { createMeter } from '../../src/gateway/metrics/create-meter.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson, start } from '../support/cli.ts';
import { gatewayHome, startGateway } from '../support/gateway.ts';
import { legacyClient } from '../support/gateway-client.ts';
import { initialize, lineClient } from '../support/line-client.ts';
import { startRedis } from '../support/redis.ts';
import { fixtureEntry } from '../support/servers.ts';

/** Something that answers as a gateway of this home does, with three results of linear and one of github. */
async function running({ home }: Home): Promise<SharedStore> {
  const store = createMemoryStore({ maxEntries: 100, maxBytes: 10_000 });
  await fill(store);
  const meter = createMeter();
  for (const result of ['miss', 'hit', 'hit', 'hit', 'bypass'] as const) meter.cached('linear', result);
  meter.cached('github', 'miss');
  const control = await openControl({
    folder: `${home}/.local/state/mcpctl/run`,
    platform: process.platform,
    kind: 'gateway',
    servers: ['linear', 'github'],
    version: '0.0.0',
    cwd: home,
    startedAt: new Date(),
    redact: (text) => text,
    handlers: {
      servers: () => [],
      metrics: () => meter.snapshot(),
      stop: () => {},
      recent: () => undefined,
      probe: async () => ({ by: 'none', at: 0, ms: 0 }),
      restart: async () => {},
      cache: answerForCache(store),
    },
  });
  onTestFinished(() => control.close());
  return store;
}

async function fill(store: SharedStore): Promise<void> {
  for (const key of ['a', 'b', 'c'])
    await store.set(`${serverPrefix('linear')}${key}`, Buffer.alloc(100), 60_000);
  await store.set(`${serverPrefix('github')}a`, Buffer.alloc(100), 60_000);
}

describe('results kept by a process', () => {
  test('are counted, also those of one server', async () => {
    const home = await emptyHome();
    await running(home);

    const all = await mcpctlJson(['cache', 'stats'], home);
    const one = await mcpctlJson(['cache', 'stats', '--server', 'linear'], home);
    const shown = await mcpctl(['cache', 'stats', '--server', 'linear'], home);

    expect(all.document.data).toMatchObject({
      places: [{ kind: 'gateway', pid: process.pid, entries: 4, bytes: 400 }],
      entries: 4,
      hitRate: 0.6,
    });
    expect(one.document.data).toMatchObject({
      server: 'linear',
      entries: 3,
      requests: { hit: 3, stale: 0, miss: 1, bypass: 1 },
      hitRate: 0.75,
    });
    expect(shown.stdout).toContain('75 % came from the cache');
  });

  test('are forgotten, and not in a dry run', async () => {
    const home = await emptyHome();
    const store = await running(home);

    const dry = await mcpctl(['cache', 'clear', '--server', 'linear', '--dry-run'], home);
    expect(dry).toMatchObject({ status: 0, stdout: 'Would remove 3 results of linear.\n' });
    expect(await store.stats()).toMatchObject({ entries: 4 });

    const cleared = await mcpctlJson(['cache', 'clear', '--server', 'linear'], home);
    expect(cleared.document.data).toMatchObject({ server: 'linear', removed: 3, dryRun: false });
    expect(await store.stats()).toMatchObject({ entries: 1 });
    expect((await mcpctl(['cache', 'clear'], home)).stdout).toBe('Removed 1 result.\n');
  });
});

describe('results kept in Redis', () => {
  test('are counted and forgotten there', async () => {
    const redis = await startRedis();
    onTestFinished(redis.stop);
    const store = createRedisStore({ url: redis.url, timeoutMs: 5000 });
    onTestFinished(() => store.close());
    await fill(store);
    const settings = { store: { kind: 'redis', url: '${REDIS_URL}' } };
    const home = await gatewayHome({ servers: {}, settings, env: { REDIS_URL: redis.url } });

    const stats = await mcpctlJson(['cache', 'stats', '--server', 'linear'], home);
    const cleared = await mcpctlJson(['cache', 'clear', '--server', 'linear'], home);

    expect(stats.document.data).toMatchObject({ places: [{ kind: 'redis', entries: 3, bytes: 300 }] });
    expect(cleared.document.data).toMatchObject({ removed: 3, places: [{ kind: 'redis', removed: 3 }] });
    expect(await store.stats()).toMatchObject({ entries: 1 });
  });

  test('cannot be counted while it is away, and the password of its address stays unsaid', async () => {
    const redis = await startRedis({ password: 'correct-horse' });
    await redis.stop();
    const settings = { store: { kind: 'redis', url: '${REDIS_URL}' } };
    const home = await gatewayHome({ servers: {}, settings, env: { REDIS_URL: redis.url } });

    for (const action of ['stats', 'clear']) {
      const { status, stdout, stderr, document } = await mcpctlJson(['cache', action], home);
      expect(status).toBe(5);
      expect(document.error?.code).toBe('STORE_UNREACHABLE');
      expect(stdout + stderr).not.toContain('correct-horse');
    }
  });
});

test.each(['gateway', 'run'] as const)('counts and clears what a real %s keeps', async (kind) => {
  const settings = {
    audit: { key: 'none' },
    cache: { tools: { 'tracker/search': { ttlMs: 60_000 } } },
  };
  const servers = { tracker: fixtureEntry('tracker', { STATE: '/nowhere' }) };
  const { home, ask } = kind === 'gateway' ? await throughGateway() : await throughRun();
  for (let call = 0; call < 4; call += 1) await ask();

  const { document } = await mcpctlJson(['cache', 'stats', '--server', 'tracker'], home);
  expect(document.data).toMatchObject({
    places: [{ kind, entries: 1 }],
    requests: { hit: 3, miss: 1 },
    hitRate: 0.75,
  });
  expect((await mcpctl(['cache', 'clear', '--server', 'other'], home)).stdout).toBe(
    'Removed 0 results of other.\n',
  );
  expect((await mcpctl(['cache', 'clear'], home)).stdout).toBe('Removed 1 result.\n');
  await ask();
  const after = await mcpctlJson(['cache', 'stats'], home);
  expect(after.document.data.requests).toMatchObject({ hit: 3, miss: 2 });

  async function throughGateway() {
    const gateway = await startGateway({ servers, settings });
    const client = await legacyClient(gateway);
    await client.request('tools/list', {});
    return { home: gateway as Home, ask: async () => void (await client.call('tracker__search')) };
  }
  async function throughRun() {
    const machine = await gatewayHome({ servers, settings });
    const client = lineClient(start(['run', 'tracker'], machine));
    let id = 0;
    const request = async (method: string, params: object): Promise<void> => {
      id += 1;
      client.send({ jsonrpc: '2.0', id, method, params });
      await client.answer(id);
    };
    client.send(initialize());
    await client.answer(0);
    await request('tools/list', {});
    return { home: machine, ask: () => request('tools/call', { name: 'search', arguments: {} }) };
  }
});

test('says that nothing is kept where nothing runs', async () => {
  const home = await emptyHome();

  const { status, stdout } = await mcpctl(['cache', 'stats'], home);

  expect(status).toBe(0);
  expect(stdout).toContain('No client and no gateway runs now');
});

test('completes the servers of the manifest', async () => {
  const home = await gatewayHome({ servers: { linear: { url: 'https://mcp.linear.app/mcp' } } });

  const { stdout } = await mcpctl(
    ['completion', '--words', 'zsh', '--', 'cache', 'stats', '--server', ''],
    home,
  );

  expect(stdout).toContain('linear');
});
