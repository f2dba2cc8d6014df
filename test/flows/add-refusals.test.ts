import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../support/cli.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/servers/${name}`, import.meta.url));

test('add without a server is a mistake in use', async () => {
  const finished = await mcpctlJson(['add'], await emptyHome());

  expect(finished).toMatchObject({ status: 2, document: { error: { code: 'USAGE' } } });
});

test('a server that ends at once is not added; the message has its error, the hint a command that works', async () => {
  const home = await emptyHome();
  await writeFile(join(home.home, 'broken.mjs'), "import '../cli/gone.mjs';\n");

  const { status, stderr } = await mcpctl(['add', './broken.mjs'], home);

  expect(status).toBe(5);
  expect(stderr).toMatch(/SERVER_EXITED .*Cannot find module '[^']*gone\.mjs'/);
  expect(stderr).toContain('--no-verify');
  expect(stderr).not.toContain('mcpctl doctor broken');
});

test('a command with a relative script runs from anywhere', async () => {
  const home = await emptyHome();
  const project = join(home.home, 'project');
  await mkdir(project);
  await writeFile(join(project, 'server.mjs'), `import ${JSON.stringify(fixture('echo.mjs'))};\n`);

  const added = await mcpctl(['add', 'mine', '--', 'node', 'server.mjs'], { ...home, cwd: project });
  const called = await mcpctl(['call', 'mine', 'echo', 'message=hey'], home);

  expect(added).toMatchObject({ status: 0 });
  expect(called).toMatchObject({ status: 0, stdout: 'hey\n' });
});
