import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson, start } from '../../support/cli.ts';
import {
  type ListEntry,
  listEntry,
  longList,
  type OfficialRegistry,
  officialRegistry,
} from '../../support/official-registry.ts';

const OWN_LISTING = 'mcpctl.registry/listing';

async function lists(entries: ListEntry[]): Promise<OfficialRegistry> {
  const registry = await officialRegistry(entries);
  onTestFinished(() => registry.close());
  return registry;
}

/** A HOME whose settings name the stand-ins. */
async function homeWith(
  mcp: OfficialRegistry,
  own: { name: string; registry: OfficialRegistry; namespaces?: string[] }[] = [],
): Promise<Home> {
  const home = await emptyHome();
  await mkdir(join(home.home, '.config/mcpctl'), { recursive: true });
  const registries = {
    mcp: mcp.url,
    own: own.map(({ registry, ...known }) => ({ ...known, url: registry.url })),
  };
  await writeFile(join(home.home, '.config/mcpctl/config.json'), JSON.stringify({ registries }));
  return home;
}

const refresh = async (home: Home, ...flags: string[]) =>
  await mcpctlJson(['catalog', 'refresh', ...flags], home);
const search = async (home: Home, ...words: string[]) =>
  (await mcpctlJson(['search', ...words], home)).document.data;
const cacheOf = ({ home }: Home) => join(home, '.cache/mcpctl/catalog');

test('reads 25,000 entries: broken, deleted and repeated ones are counted, not fatal', async () => {
  const { entries, made } = longList(25_000);
  const registry = await lists(entries);
  const home = await homeWith(registry);

  const { document, status } = await refresh(home);

  expect(status).toBe(0);
  expect(document.data).toMatchObject({ found: made.sound, merged: 0, refusedCount: 0, written: true });
  expect(document.data.sources).toEqual([
    expect.objectContaining({
      name: 'public',
      outcome: 'read',
      pages: 250,
      entries: 25_000,
      servers: made.sound,
      added: made.sound,
      deprecated: made.deprecated,
      deleted: made.deleted,
      duplicates: made.duplicates,
      older: made.older,
      unusable: made.unusable,
      broken: made.broken,
    }),
  ]);
  expect(made.broken).toBeGreaterThan(500);
  expect(registry.asked.every(({ status: answered }) => answered === 200)).toBe(true);
  for (const name of await readdir(cacheOf(home))) {
    expect((await stat(join(cacheOf(home), name))).mode & 0o777).toBe(0o600);
  }

  const found = await search(home, 'archives', 'every', 'recipe', '--limit', '3');
  expect(found.of).toBeGreaterThan(made.sound + 700);
  expect(found.hits[0]).toMatchObject({
    slug: expect.stringMatching(/^io\.github\.owner-\d+\/recipe-\d+$/),
    source: 'public',
    trust: 'public',
    risk: { level: 'high' },
  });

  // Only what changed is asked for, and the tag of that answer then saves even that.
  registry.asked.length = 0;
  const changed = entries.findIndex((entry) => entry?.server?.title === 'weather 1');
  registry.entries[changed] = listEntry(
    entries[changed].server.name,
    { title: 'Barometer 1', description: 'Foretells storms from isobars.' },
    { updatedAt: new Date().toISOString() },
  );
  registry.entries[2] = listEntry(
    entries[2].server.name,
    {},
    {
      status: 'deleted',
      updatedAt: new Date().toISOString(),
    },
  );
  const second = await refresh(home);
  expect(second.document.data.sources[0]).toMatchObject({
    outcome: 'updated',
    added: 0,
    changed: 1,
    removed: 1,
    servers: made.sound - 1,
  });
  expect(registry.asked.length).toBeLessThan(5);
  expect((await search(home, 'foretells', 'isobars')).hits[0]).toMatchObject({ title: 'Barometer 1' });
  expect((await search(home, entries[2].server.name)).hits[0]?.slug).not.toBe(entries[2].server.name);

  await refresh(home);
  registry.asked.length = 0;
  expect((await refresh(home)).document.data.sources[0].outcome).toBe('unchanged');
  expect(registry.asked).toEqual([expect.objectContaining({ status: 304 })]);
});

test('a stranger gets no name the catalog, a pinned namespace or an earlier registry has', async () => {
  const stranger = (name: string, but = {}) =>
    listEntry(name, { description: 'Steals what it can.', ...but });
  const mcp = await lists([
    stranger('mcp/airtable-mcp-server'),
    stranger('mcp/linear'),
    stranger('io.github.evil/linear'),
    stranger('io.github.evil/other', { title: 'GitHub MCP Server' }),
    stranger('io.github.evil/twin', {
      packages: [{ registryType: 'npm', identifier: '@playwright/mcp', version: '1.0.0' }],
    }),
    stranger('io.acme/weather'),
    stranger('io.partner/ledger'),
    listEntry('app.linear/linear', { version: '9.9.9' }),
  ]);
  const acme = await lists([listEntry('io.acme/weather', { description: 'The weather of our offices.' })]);
  const partner = await lists([listEntry('io.partner/ledger'), listEntry('IO.Acme/weather')]);
  const home = await homeWith(mcp, [
    { name: 'acme', registry: acme, namespaces: ['io.acme/*'] },
    { name: 'partner', registry: partner },
  ]);

  const { document } = await refresh(home);

  const { refused, merged, claims, found } = document.data;
  expect(refused).toEqual(
    expect.arrayContaining([
      { name: 'io.acme/weather', source: 'public', reason: 'pinned', by: 'acme' },
      { name: 'IO.Acme/weather', source: 'partner', reason: 'pinned', by: 'acme' },
      { name: 'io.partner/ledger', source: 'public', reason: 'earlier', by: 'partner' },
    ]),
  );
  expect(merged).toBe(1);
  expect(claims.map(({ name, slug }: { name: string; slug: string }) => [name, slug])).toEqual([
    ['mcp/airtable-mcp-server', 'airtable'],
    ['mcp/linear', 'linear'],
    ['io.github.evil/linear', 'linear'],
    ['io.github.evil/other', 'github'],
  ]);
  expect(found + refused.length + merged).toBe(11);

  const [linear] = (await search(home, 'linear')).hits;
  expect(linear).toMatchObject({ slug: 'linear', source: 'catalog', trust: 'tested' });
  const github = (await search(home, 'GitHub MCP Server')).hits;
  expect(github[0]).toMatchObject({ slug: 'github', source: 'catalog' });
  const info = await mcpctl(['info', 'linear'], home);
  expect(info.stdout).toContain('public lists 9.9.9 of 2026-10-01');
  const weather = (await search(home, 'weather', 'of', 'our', 'offices')).hits;
  expect(weather[0]).toMatchObject({
    slug: 'io.acme/weather',
    source: 'acme',
    trust: 'own',
    maintainer: 'own',
  });
  const impostor = (await search(home, 'io.github.evil/linear')).hits[0];
  expect(impostor).toMatchObject({
    slug: 'io.github.evil/linear',
    risk: { level: 'high', reasons: expect.arrayContaining([expect.stringContaining('called like linear')]) },
  });
  const only = (await search(home, '--source', 'partner', '--all')).hits;
  expect(only.map(({ slug }: { slug: string }) => slug)).toEqual(['io.partner/ledger']);
  const twin = await mcpctl(['search', 'io.github.evil/twin', '--explain', '--limit', '1'], home);
  expect(twin.stdout).toContain('the same program as playwright');
});

test('a registry that fails keeps what was read of it, and the others are read', async () => {
  const mcp = await lists([listEntry('io.github.a/barometer')]);
  const acme = await lists([listEntry('io.acme/isobars')]);
  const home = await homeWith(mcp, [{ name: 'acme', registry: acme }]);
  await refresh(home);
  acme.failing.push(...Array.from({ length: 8 }, () => ({ status: 500 })));
  mcp.entries.push(listEntry('io.github.a/thermometer', {}, { updatedAt: new Date().toISOString() }));

  const { document, status } = await refresh(home);

  expect(status).toBe(5);
  expect(document.data.sources).toEqual([
    expect.objectContaining({ name: 'acme', outcome: 'failed', servers: 1 }),
    expect.objectContaining({ name: 'public', outcome: 'updated', added: 1 }),
  ]);
  expect((await search(home, 'isobars')).hits[0]?.slug).toBe('io.acme/isobars');
  expect((await search(home, 'thermometer')).hits[0]?.slug).toBe('io.github.a/thermometer');

  const short = await mcpctl(['info', 'thermometer'], home);
  expect(short).toMatchObject({ status: 2, stderr: expect.stringContaining('io.github.a/thermometer') });

  // Offline: nobody answers, and what was read stays.
  await Promise.all([mcp.close(), acme.close()]);
  const offline = await refresh(home);
  expect(offline).toMatchObject({ status: 5, document: { error: { code: 'REGISTRY_UNREACHABLE' } } });
  const kept = await mcpctlJson(['info', 'io.acme/isobars'], home);
  expect(kept.document.data.registry).toMatchObject({
    trust: 'own',
    registry: 'acme',
    readAt: expect.any(String),
  });
  expect((await search(home, 'isobars')).hits[0]?.slug).toBe('io.acme/isobars');
});

test('waits as long as a registry asks, and no longer', async () => {
  const mcp = await lists([listEntry('io.github.a/barometer')]);
  const home = await homeWith(mcp);
  mcp.failing.push({ status: 429, retryAfter: '1' }, { status: 503 });

  expect((await refresh(home)).document.data).toMatchObject({ found: 1 });
  expect(mcp.asked.map(({ status }) => status)).toEqual([429, 503, 200]);

  mcp.failing.push({ status: 429, retryAfter: '1800' });
  const { document } = await refresh(home);
  expect(document.error?.message).toContain('asks to wait 1800 s');
  expect((await search(home, 'barometer')).hits[0]?.slug).toBe('io.github.a/barometer');
});

test('interrupted or asked for a dry run it changes nothing', async () => {
  const mcp = await lists([listEntry('io.github.a/barometer')]);
  const home = await homeWith(mcp);
  await refresh(home);
  const before = await readFile(join(cacheOf(home), 'registries.idx'));
  mcp.entries = longList(500).entries;

  const dry = await refresh(home, '--full', '--dry-run');
  expect(dry.document.data).toMatchObject({ written: false });
  expect(await readFile(join(cacheOf(home), 'registries.idx'))).toEqual(before);

  mcp.hangsFrom = mcp.asked.length + 2;
  const child = start(['catalog', 'refresh', '--full'], home);
  const { hangsFrom } = mcp;
  await vi.waitFor(() => expect(mcp.asked.length).toBeGreaterThan(hangsFrom), { timeout: 60_000 });
  child.kill('SIGINT');
  const [status] = await once(child, 'close');
  expect(status).toBe(130);
  expect(await readFile(join(cacheOf(home), 'registries.idx'))).toEqual(before);
  expect((await readdir(cacheOf(home))).sort()).toEqual(['registries.idx', 'registries.json']);
});

test('files that were damaged are as good as none, and are made anew', async () => {
  const mcp = await lists([listEntry('io.github.a/barometer'), listEntry('io.github.a/hygrometer')]);
  const home = await homeWith(mcp);
  await refresh(home);
  const path = join(cacheOf(home), 'registries.idx');
  const sound = await readFile(path);

  for (const damaged of [
    sound.subarray(0, 200),
    Buffer.alloc(5000, 7),
    Buffer.from('{"version":1}\n'),
    Buffer.alloc(0),
  ]) {
    await writeFile(path, damaged);
    const { hits } = await search(home, 'linear');
    expect(hits[0]?.slug).toBe('linear');
  }
  expect((await refresh(home)).document.data).toMatchObject({ found: 2, written: true });
  expect((await search(home, 'hygrometer')).hits[0]?.slug).toBe('io.github.a/hygrometer');
});

test('a rating counts from your own registry alone', async () => {
  const rated = (name: string) => {
    const entry = listEntry(name, { description: 'Measures pressure.' });
    return { ...entry, _meta: { ...entry._meta, [OWN_LISTING]: { rating: { average: 5, count: 40 } } } };
  };
  const mcp = await lists([rated('io.github.a/gauge')]);
  const acme = await lists([
    rated('io.acme/gauge'),
    listEntry('io.acme/gauge-two', { description: 'Measures pressure.' }),
  ]);
  const home = await homeWith(mcp, [{ name: 'acme', registry: acme }]);
  await refresh(home);

  const { hits } = await search(home, 'measures', 'pressure', '--limit', '3');
  const slugs = hits.map(({ slug }: { slug: string }) => slug);
  expect(slugs.indexOf('io.acme/gauge')).toBeLessThan(slugs.indexOf('io.acme/gauge-two'));
  const of = (slug: string) => hits.find((hit: { slug: string }) => hit.slug === slug)?.because.join('; ');
  expect(of('io.acme/gauge')).toContain('rated 5 of 5 by 40 in acme');
  expect(of('io.github.a/gauge')).not.toContain('rated');
});
