import { join } from 'node:path';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { type LegacyClient, legacyClient, type Message } from '../support/gateway-client.ts';
import { createRandom, type Random } from '../support/random.ts';
import { startRedis } from '../support/redis.ts';
import { fixtureEntry } from '../support/servers.ts';

interface Scene extends TestGateway {
  client(name: string): Promise<LegacyClient>;
  /** Undefined for a store in memory. */
  readonly redisUrl: string | undefined;
}

const cached = { ttlMs: 60_000 };

async function scene(kind: string, tokens: readonly string[], servers = ['tracker']): Promise<Scene> {
  const redis = kind === 'redis' ? await startRedis() : undefined;
  if (redis) onTestFinished(redis.stop);
  const tracker = fixtureEntry('tracker', { STATE: join(await temporaryFolder(), 'state') });
  const entries = { tracker, good: page('of the good'), evil: page('of the evil') };
  const gateway = await startGateway({
    servers: Object.fromEntries(Object.entries(entries).filter(([name]) => servers.includes(name))),
    tokens,
    settings: {
      limits: { perMinute: 0 },
      audit: { key: 'none' },
      cache: { tools: { 'tracker/my-access': cached, 'tracker/search': cached } },
      ...(redis && { store: { kind: 'redis', url: '${REDIS_URL}' } }),
    },
    ...(redis && { env: { REDIS_URL: redis.url } }),
  });
  const client = async (name: string): Promise<LegacyClient> =>
    await legacyClient({ url: gateway.url, token: gateway.tokens[name] ?? '' });
  return { ...gateway, client, redisUrl: redis?.url };
}

function page(text: string): object {
  return fixtureEntry('pages', { TEXT: text });
}

interface Told {
  readonly account: number;
  readonly version: number;
  readonly remembered: string;
  readonly status: string | undefined;
}

async function ask(client: LegacyClient, tool: string, args = {}): Promise<Told> {
  const { result, error }: Message = await client.call(`tracker__${tool}`, args);
  if (!result) throw new Error(JSON.stringify(error));
  return { ...JSON.parse(result.content[0].text), status: result._meta?.['mcpctl/cache']?.status };
}

describe.each(['memory', 'redis'])('a gateway that keeps results in %s', (kind) => {
  test('tells nobody the access of another, though the question is the same', async () => {
    const { client } = await scene(kind, ['ada', 'bob']);
    const [ada, bob] = [await client('ada'), await client('bob')];
    const hers = await ask(ada, 'my-access');

    expect(await ask(ada, 'my-access')).toEqual({ ...hers, status: 'hit' });
    const his = await ask(bob, 'my-access');
    expect(his).toMatchObject({ status: 'miss' });
    expect(his.account).not.toBe(hers.account);
    expect(await ask(await client('ada'), 'my-access')).toMatchObject({
      account: hers.account,
      status: 'hit',
    });
  });

  test('lists nobody the tools of another', async () => {
    const { client } = await scene(kind, ['ada', 'bob']);
    const lists = [];
    for (const name of ['ada', 'bob', 'ada']) {
      const asking = await client(name);
      const { account } = await ask(asking, 'my-access');
      const { result } = await asking.request('tools/list', {});
      const names: string[] = result.tools.map((tool: Message) => tool.name);
      lists.push({ account, seen: names.filter((each) => each.includes('of-account')) });
    }

    for (const { account, seen } of lists) expect(seen).toEqual([`tracker__of-account-${account}`]);
    expect(new Set(lists.map(({ account }) => account)).size).toBe(2);
  });

  test('holds no session of one for another, whatever their requests look like', async () => {
    const { client } = await scene(kind, ['ada', 'bob']);
    const [ada, bob] = [await client('ada'), await client('bob')];

    await ask(ada, 'create', { word: 'a secret of ada' });

    expect(await ask(ada, 'search')).toMatchObject({ remembered: 'a secret of ada' });
    expect(await ask(bob, 'search')).toMatchObject({ remembered: 'nothing' });
  });

  test('gives the public page of one server to everybody, and never as the page of another', async () => {
    const { url, tokens } = await scene(kind, ['ada', 'bob'], ['good', 'evil']);
    const read = async (server: string, name: string): Promise<string> => {
      const client = await legacyClient({ url: `${url}/${server}`, token: tokens[name] ?? '' });
      const { result } = await client.request('resources/read', { uri: 'page://start' });
      return `${result.contents[0].text} ${result._meta?.['mcpctl/cache']?.status ?? 'read'}`;
    };

    expect(await read('evil', 'ada')).toBe('of the evil read');
    expect(await read('good', 'ada')).toBe('of the good read');
    expect(await read('good', 'bob')).toBe('of the good hit');
    expect(await read('evil', 'bob')).toBe('of the evil hit');
  });

  test('answers four of five repeated questions by itself, none of before a write, none of another', async () => {
    const people = ['ada', 'bob', 'cleo'];
    const { client } = await scene(kind, people);
    const clients = await Promise.all(people.map(client));
    const accounts = await Promise.all(clients.map(async (each) => (await ask(each, 'my-access')).account));
    const random = createRandom(11);
    const asked: Question[] = [];
    const answers: { hit: boolean; stale: boolean; crossed: boolean }[] = [];
    const calls = 600;
    let version = 0;
    for (let call = 0; call < calls; call += 1) {
      if (call === calls / 2) version = (await ask(clients[0] as LegacyClient, 'create')).version;
      const { who, query } = nextQuestion(asked, { who: random.below(people.length), query: call }, random);
      const args = random.once(2) ? { query, limit: 5 } : { limit: 5, query };
      const told = await ask(clients[who] as LegacyClient, 'search', args);
      answers.push({
        hit: told.status === 'hit',
        stale: told.version !== version,
        crossed: told.account !== accounts[who],
      });
    }

    expect(answers.filter(({ stale, crossed }) => stale || crossed)).toEqual([]);
    expect(answers.filter(({ hit }) => hit).length / calls).toBeGreaterThanOrEqual(0.8);
  });
});

test('Redis gets neither tokens nor names nor arguments', async () => {
  const { client, tokens, redisUrl = '' } = await scene('redis', ['ada', 'bob']);
  for (const name of ['ada', 'bob']) {
    const asking = await client(name);
    await ask(asking, 'search', { word: 'canary-of-an-argument' });
    await ask(asking, 'create', { word: 'canary-of-a-write' });
    await ask(asking, 'my-access');
  }

  const held = await everythingIn(redisUrl);

  expect(held).toMatch(/mcpctl:1:kept:[0-9a-f]{16}:[0-9a-f]{64}/);
  expect(held).not.toContain('canary-of-an-argument');
  for (const [name, token] of Object.entries(tokens)) {
    expect(held).not.toContain(token);
    expect(held).not.toMatch(new RegExp(`\\b${name}\\b`));
  }
});

interface Question {
  readonly who: number;
  readonly query: number;
}

/** Mostly one that was asked before. */
function nextQuestion(asked: Question[], fresh: Question, random: Random): Question {
  if (asked.length === 0 || random.once(20)) asked.push(fresh);
  return random.pick(asked);
}

/** All keys with what they hold. */
async function everythingIn(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys('*');
    const values = await Promise.all(
      keys.map(async (key) => {
        if ((await redis.type(key)) === 'zset') return (await redis.zrange(key, '0', '-1')).join();
        return await redis.get(key);
      }),
    );
    return [...keys, ...values].join('\n');
  } finally {
    redis.disconnect();
  }
}
