import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../support/cli.ts';
import { writeManifest } from '../support/servers.ts';

test('ls lists and rm removes', async () => {
  const machine = await emptyHome();
  await writeManifest(machine.home, { a: { command: 'a' }, b: { command: 'b' } });

  const removed = await mcpctlJson(['rm', 'a', '--yes'], machine);
  const listed = await mcpctlJson(['ls'], machine);

  expect(removed).toMatchObject({ status: 0, document: { ok: true } });
  expect(listed.document.data.servers).toMatchObject([{ name: 'b' }]);
  expect((await mcpctlJson(['ls', '--catalog'], machine)).document.data.servers.length).toBeGreaterThan(1);
});

test('help names the short words, and explains the command behind them', async () => {
  const machine = await emptyHome();
  const root = await mcpctl(['--help'], machine);

  expect(root.stdout).toMatch(/^ {2}list, ls /m);
  expect(root.stdout).toMatch(/^ {2}remove, rm /m);
  expect((await mcpctl(['rm', '--help'], machine)).stdout).toContain('remove|rm');
  expect((await mcpctl(['secret', 'rm', '--help'], machine)).stdout).toContain('secret rm');
});

test('completion knows the arguments of a short word', async () => {
  const machine = await emptyHome();
  await writeManifest(machine.home, { linear: { command: 'a' } });
  const { stdout } = await mcpctl(['completion', '--words', 'bash', '--new-word', '--', 'rm'], machine);

  expect(stdout).toContain('linear');
});
