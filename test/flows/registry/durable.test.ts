import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { mcpctl } from '../../support/cli.ts';
import { type Postgres, startPostgres } from '../../support/postgres.ts';
import {
  publishAt,
  type RegistryOptions,
  send,
  serverDocument,
  startRegistry,
  type TestRegistry,
} from '../../support/registry.ts';

/** A registry that ends with its test, whatever becomes of that. */
async function opened(options: RegistryOptions = {}): Promise<TestRegistry> {
  const registry = await startRegistry(options);
  onTestFinished(() => registry.clear());
  return registry;
}

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres('reader');
});
afterAll(() => postgres.stop());

async function namesAt({ url }: TestRegistry): Promise<string[]> {
  const names: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const { json } = await send('GET', `${url}/v0.1/servers?limit=100${cursor && `&cursor=${cursor}`}`);
    names.push(...json.servers.map(({ server }: { server: { name: string } }) => server.name));
    cursor = json.metadata.nextCursor;
  }
  return names;
}

test.each(['a folder', 'PostgreSQL'])(
  'a registry in %s that is killed has all it acknowledged',
  async (kind) => {
    const isPostgres = kind === 'PostgreSQL';
    const settings = isPostgres ? { registryServer: { postgres: '${REGISTRY_DATABASE}' } } : {};
    const env: Record<string, string> = isPostgres ? { REGISTRY_DATABASE: postgres.owner } : {};
    let registry = await opened({ settings, env });
    const token = await registry.token('ci', 'io.acme/*');
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      let inRound = 0;
      const publishing = Array.from({ length: 60 }, async () => {
        const name = `io.acme/${randomUUID()}`;
        const done = await publishAt(registry.url, token, serverDocument(name)).catch(() => undefined);
        if (done?.status !== 200) return;
        acknowledged.push(name);
        inRound += 1;
        // As soon as some are in, and others under way.
        if (inRound === 10) registry.child.kill('SIGKILL');
      });
      await Promise.all(publishing);
      await registry.stop('SIGKILL');
      registry = await opened({ settings, env, home: registry.home });
    }

    expect(acknowledged.length).toBeGreaterThanOrEqual(30);
    expect(await namesAt(registry)).toEqual(expect.arrayContaining(acknowledged));
    expect(await registry.stop()).toBe(0);
  },
);

test('two processes of one database show the same', async () => {
  const settings = { registryServer: { postgres: '${REGISTRY_DATABASE}' } };
  const env = { REGISTRY_DATABASE: postgres.owner };
  const one = await opened({ settings, env });
  const two = await opened({ settings, env, home: one.home });
  const token = await one.token('ci', 'io.shared/*');
  const name = `io.shared/${randomUUID()}`;
  await publishAt(one.url, token, serverDocument(name));

  expect(await namesAt(two)).toContain(name);
  expect((await publishAt(two.url, token, serverDocument(name))).status).toBe(409);
});

test('a folder is served by one process', async () => {
  const registry = await opened();
  const second = await mcpctl(['registry', 'serve', '--port', '0'], registry);

  expect(second.status).toBe(5);
  expect(second.stderr).toContain('Another process serves the registry of');
});
