import { appendFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aCall, openLog, placeIn } from '../../support/audit.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { fixtureEntry, writeManifest } from '../../support/servers.ts';

const logOf = ({ home }: Home) => placeIn(join(home, '.local/state/mcpctl/audit'));

/** Servers of the manifest by the catalog's slugs they were added as. */
async function homeWith(origins: Record<string, string>): Promise<Home> {
  const home = await emptyHome();
  await mkdir(join(home.home, '.config/mcpctl'), { recursive: true });
  await writeFile(join(home.home, '.config/mcpctl/config.json'), '{"audit":{"key":"file"}}');
  const names = Object.keys(origins);
  await writeManifest(home.home, Object.fromEntries(names.map((name) => [name, fixtureEntry('echo')])));
  const locked = { source: { type: 'command' }, lockedAt: '2026-06-01T00:00:00.000Z' };
  const servers = Object.fromEntries(names.map((name) => [name, { ...locked, catalog: origins[name] }]));
  const lock = join(home.home, '.config/claude/mcpctl-lock.json');
  await writeFile(lock, JSON.stringify({ lockfileVersion: 1, servers }));
  return home;
}

async function record(home: Home, server: string, { calls, failed = 0, ms = 100 }: Record<string, number>) {
  const log = openLog(logOf(home));
  const outcome = (at: number) => (at < failed ? 'error' : 'ok');
  for (let at = 0; at < (calls ?? 0); at += 1) await log.record(aCall({ server, outcome: outcome(at), ms }));
  await log.close();
}

const search = async (home: Home, ...words: string[]) =>
  (await mcpctlJson(['search', ...words], home)).document.data.hits;
const placeIn10 = (hits: { slug: string }[], slug: string) => hits.findIndex((hit) => hit.slug === slug);

test('what is used and works comes before its equals, what fails behind them, and search says so', async () => {
  const home = await homeWith({ web: 'tavily', other: 'exa' });
  const before = await search(home, 'search', 'the', 'web');
  await record(home, 'web', { calls: 60 });
  await record(home, 'other', { calls: 60, failed: 60, ms: 20_000 });

  const info = await mcpctlJson(['info', 'tavily'], home);
  expect(info.document.data.use).toEqual({
    servers: ['web'],
    calls: 60,
    successRate: 1,
    p50Ms: expect.any(Number),
  });
  const after = await search(home, 'search', 'the', 'web');

  const tavily = after[placeIn10(after, 'tavily')];
  expect(tavily.because.join('; ')).toMatch(/used here: 60 calls, 100 % worked, half within \d+ ms/);
  expect(tavily.score).toBe(before[placeIn10(before, 'tavily')].score);
  const distance = (hits: { slug: string }[]) => placeIn10(hits, 'exa') - placeIn10(hits, 'tavily');
  expect(distance(after)).toBeGreaterThanOrEqual(distance(before));
  expect(placeIn10(after, 'tavily')).toBeLessThanOrEqual(placeIn10(before, 'tavily'));
  // Use never brings up what was not asked for.
  expect(placeIn10(await search(home, 'postgres', '--all'), 'tavily')).toBe(-1);
});

test('info counts only what the log gained, and neither damage nor half a line', async () => {
  const home = await homeWith({ web: 'tavily' });
  await record(home, 'web', { calls: 3 });
  const used = async () => (await mcpctlJson(['info', 'web'], home)).document.data.use;
  expect(await used()).toMatchObject({ calls: 3 });
  const folder = logOf(home).folder;
  const [segment = ''] = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
  await appendFile(join(folder, segment), '{"kind":"call","server":"web"}\n{"kind":"call');

  expect(await used()).toMatchObject({ calls: 3 });
  await record(home, 'web', { calls: 2, failed: 1 });
  expect(await used()).toMatchObject({ calls: 5, successRate: 0.8 });

  const cache = join(home.home, '.cache/mcpctl');
  expect((await stat(join(cache, 'usage-tally.json'))).mode & 0o777).toBe(0o600);
  expect(await readFile(join(cache, 'usage-tally.json'), 'utf8')).not.toContain('ada');
  const { stdout } = await mcpctl(['info', 'web'], home);
  expect(stdout).toContain('used here: 5 calls, 80 % worked');
});
