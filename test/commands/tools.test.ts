import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../support/cli.ts';
import { EVERYTHING, fixtureEntry, writeManifest } from '../support/servers.ts';

const everything = { command: process.execPath, args: [EVERYTHING, 'stdio'] };

test('lists the tools of every server, though one fails', async () => {
  const home = await emptyHome();
  const broken = { command: 'no-such-program-here' };
  await writeManifest(home.home, { everything, broken, off: { ...broken, disabled: true } });
  const { status, document } = await mcpctlJson(['tools'], home);

  expect(status).toBe(5);
  expect(document.data.servers).toEqual([
    { server: 'everything', tools: expect.arrayContaining([expect.objectContaining({ name: 'get-sum' })]) },
    { server: 'broken', error: expect.objectContaining({ code: 'SERVER_NOT_STARTED' }) },
  ]);
});

test('shows name, effect, arguments and description of each tool', async () => {
  const home = await emptyHome();
  await writeManifest(home.home, { everything });
  const { status, stdout } = await mcpctl(['tools', 'everything'], home);

  expect(status).toBe(0);
  expect(stdout).toMatch(/^tool +effect +arguments +description\n/);
  expect(stdout).toMatch(/^get-annotated-message +reads +messageType includeImage\? +Demonstrates/m);
});

test('shows one tool with its arguments, and the nearest name for a wrong one', async () => {
  const home = await emptyHome();
  await writeManifest(home.home, { everything });
  const { stdout } = await mcpctl(['tools', 'everything', 'get-sum'], home);

  expect(stdout).toMatch(/^get-sum +reads\nReturns the sum of two numbers\n\n/);
  expect(stdout).toMatch(/^a +number +required +First number$/m);
  expect(await mcpctl(['tools', 'everything', 'get-some'], home)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Did you mean: get-sum'),
  });
});

test('gives whole definitions and their hash as JSON', async () => {
  const home = await emptyHome();
  await writeManifest(home.home, { echo: fixtureEntry('echo') });
  const { document } = await mcpctlJson(['tools', 'echo'], home);

  expect(document.data).toMatchObject({ server: 'echo', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(document.data.tools[0].inputSchema.properties.message).toEqual({ type: 'string' });
});
