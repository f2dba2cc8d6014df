import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mcpctl, mcpctlJson, start, temporaryFolder } from '../support/cli.ts';
import { gatewayHome, makeToken, startGatewayIn } from '../support/gateway.ts';
import { type LegacyClient, legacyClient, type Message } from '../support/gateway-client.ts';
import { initialize, lineClient } from '../support/line-client.ts';
import { type RedisServer, startRedis, until } from '../support/redis.ts';
import { fixtureEntry } from '../support/servers.ts';

/** Two gateways with a token of the same name, each with a server of its own, over one Redis. */
async function pair(redis: RedisServer, limits: object): Promise<LegacyClient[]> {
  const STATE = join(await temporaryFolder(), 'state');
  return await Promise.all(
    [0, 1].map(async () => {
      const home = await gatewayHome({
        servers: { tracker: fixtureEntry('tracker', { STATE }) },
        settings: { limits, audit: { key: 'none' }, cache: { tools: { 'tracker/my-access': {} } } },
        env: { REDIS_URL: redis.url },
      });
      // As the guide says it.
      await mcpctl(['config', 'set', 'store.url', '${REDIS_URL}'], home);
      const { status, stderr } = await mcpctl(['config', 'set', 'store.kind', 'redis'], home);
      expect(status, stderr).toBe(0);
      const token = await makeToken(home, 'ada');
      return await legacyClient({ url: (await startGatewayIn(home)).url, token });
    }),
  );
}

test('gateways that share Redis keep one limit together', async () => {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  const clients = await pair(redis, { perMinute: 10 });
  for (const client of clients) await client.request('tools/list', {});

  const answers: Message[] = await Promise.all(
    clients.flatMap((client) => Array.from({ length: 10 }, () => client.call('tracker__search'))),
  );

  const refused = answers.filter(({ error }) => error);
  expect(answers.length - refused.length).toBe(10);
  for (const { error } of refused) {
    expect(error.data).toMatchObject({
      code: 'RATE_LIMITED',
      hint: expect.stringMatching(/^Call again in \d+ s/),
    });
    expect(error.data.retryAfterMs).toBeGreaterThan(0);
    expect(error.data.retryAfterMs).toBeLessThanOrEqual(60_000);
  }
});

test('calls go on while Redis is away, and are kept again when it is back', async () => {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  const [client] = (await pair(redis, { perMinute: 0 })) as [LegacyClient];
  await client.request('tools/list', {});
  const status = async (): Promise<string> => {
    const { result, error }: Message = await client.call('tracker__my-access');
    if (!result) throw new Error(JSON.stringify(error));
    return result._meta?.['mcpctl/cache']?.status ?? 'asked';
  };
  expect([await status(), await status()]).toEqual(['miss', 'hit']);

  await redis.kill();
  for (let call = 0; call < 20; call += 1) expect(await status()).toBe('asked');

  await redis.start();
  await until(async () => (await status()) === 'miss');
  expect(await status()).toBe('hit');

  redis.freeze();
  expect(await status()).toBe('asked');
  redis.resume();
  await until(async () => (await status()) === 'hit');
});

test('clients of one machine share what their runs keep, and each run ends with its client', async () => {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  const home = await gatewayHome({
    servers: { tracker: fixtureEntry('tracker', { STATE: '/nowhere' }) },
    settings: {
      audit: { key: 'none' },
      cache: { tools: { 'tracker/search': {} } },
      store: { kind: 'redis', url: redis.url },
    },
  });
  const seen: string[] = [];
  for (let turn = 0; turn < 2; turn += 1) {
    const client = lineClient(start(['run', 'tracker'], home));
    client.send(initialize());
    await client.answer(0);
    client.send({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
    await client.answer(1);
    client.send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'search', arguments: {} } });
    const { result }: Message = JSON.parse(await client.answer(2));
    seen.push(result._meta['mcpctl/cache'].status);
    expect(await client.end()).toBe(0);
  }

  expect(seen).toEqual(['miss', 'hit']);
});

test('limits that are set as the guide says are in force', async () => {
  const home = await gatewayHome({ servers: { tracker: fixtureEntry('tracker', { STATE: '/nowhere' }) } });
  for (const [key, value] of Object.entries({ 'limits.perMinute': '300', 'limits.waitMs': '5000' })) {
    expect((await mcpctl(['config', 'set', key, value], home)).status).toBe(0);
  }

  const { document } = await mcpctlJson(['config', 'show'], home);

  expect(document.data.settings.limits).toMatchObject({ perMinute: 300, waitMs: 5000 });
});
