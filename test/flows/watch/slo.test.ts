import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { fixtureEntry, writeManifest } from '../../support/servers.ts';
import { beginRun, callText, moodIn, startWatch } from '../../support/watching.ts';

test('what several watchers see is written once, and status --slo counts it', async () => {
  const home = await emptyHome();
  const mood = moodIn(home);
  await mood.become({});
  await writeManifest(home.home, { subject: fixtureEntry('moody', { MOOD: mood.file }) });
  expect((await mcpctl(['status', '--slo'], home)).stdout).toContain('Nobody has watched yet');

  const client = await beginRun(home, 'subject');
  const watches = [startWatch(home), startWatch(home)];
  for (const watch of watches) await watch.until('subject', ({ state }) => state === 'healthy');
  const recovered = watches.map((watch) => watch.next('subject', ({ restarts }) => restarts === 1));
  process.kill(Number(await callText(client, 'pid', 'pid')), 'SIGKILL');
  await Promise.all(recovered);
  for (const watch of watches) expect(await watch.stop()).toBe(0);

  const folder = join(home.home, '.local/state/mcpctl/history');
  const [day] = await readdir(folder);
  const lines = (await readFile(join(folder, String(day)), 'utf8')).trim().split('\n');
  const states = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'state');
  expect(states.filter(({ state }) => state === 'starting')).toHaveLength(1);

  const { document, status } = await mcpctlJson(['status', '--slo'], home);
  expect(status).toBe(0);
  expect(document.data).toMatchObject({ goal: 0.99, servers: [{ name: 'subject', incidents: 1 }] });
  const [level] = document.data.servers;
  expect(level.detectSeconds).toBe(0);
  expect(level.recoverSeconds).toBeGreaterThan(0);
  expect(level.uptime['24h'].ratio).toBeLessThan(1);
  const { stdout } = await mcpctl(['status', '--slo'], home);
  expect(stdout).toMatch(/subject +\d+\.\d\d % /);
});
