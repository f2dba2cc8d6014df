import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serverOrProject } from '../../../src/flows/servers/server-or-project.ts';
import { createPaths } from '../../../src/platform/paths.ts';
import { emptyHome } from '../../support/cli.ts';
import { writeManifest } from '../../support/servers.ts';

/** A manifest with `weather`, and beside it folders `weather` and `rain`, of which only `weather` is built. */
async function world() {
  const { home, env } = await emptyHome();
  await writeManifest(home, { weather: { command: 'node', args: ['of-the-manifest.js'] } });
  for (const name of ['weather', 'rain']) {
    await mkdir(join(home, name));
    await writeFile(join(home, name, 'package.json'), JSON.stringify({ name, bin: 'main.js' }));
  }
  await writeFile(join(home, 'weather/main.js'), '');
  const paths = createPaths({ platform: process.platform, home, env });
  return { home, context: { paths, env, cwd: home } };
}

test('a name of the manifest comes first, and ./name means the folder', async () => {
  const { home, context } = await world();

  const named = await serverOrProject('weather', context);
  expect(named.chosen.server.entry.args).toEqual(['of-the-manifest.js']);
  expect(named.project).toBeUndefined();

  const folder = await serverOrProject('./weather', context);
  expect(folder.chosen.server.entry.args).toEqual([join(home, 'weather/main.js')]);
  expect(folder.project?.name).toBe('weather');

  const inside = await serverOrProject('.', { ...context, cwd: join(home, 'weather') });
  expect(inside.project?.folder).toBe(join(home, 'weather'));
});

test.each([
  ['rain', 'NOT_A_SERVER', 'npm run build'],
  ['snow', 'SERVER_UNKNOWN', 'mcpctl'],
  ['./snow', 'SERVER_UNKNOWN', 'mcpctl list'],
])('%s is refused', async (word, code, hint) => {
  const { context } = await world();

  await expect(serverOrProject(word, context)).rejects.toMatchObject({
    code,
    hint: expect.stringContaining(hint),
  });
});
