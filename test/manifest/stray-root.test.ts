import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../support/cli.ts';

async function machineWith(root: object) {
  const machine = await emptyHome();
  const path = join(machine.home, '.config/claude/claude_desktop_config.json');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, JSON.stringify(root));
  return { ...machine, path };
}

test.each(['servers', 'mcp', 'mcpservers'])('says that servers under %j do not count', async (key) => {
  const machine = await machineWith({ [key]: { a: { command: 'node' } } });

  const listed = await mcpctlJson(['list'], machine);
  expect(listed).toMatchObject({ status: 0, document: { data: { servers: [] } } });
  const said = [
    listed.stderr,
    ...(
      await Promise.all(
        [
          ['run', 'a'],
          ['call', 'a', 'echo'],
          ['tools', 'a'],
        ].map((words) => mcpctl(words, machine)),
      )
    ).map(({ stderr }) => stderr),
  ];
  for (const text of said) {
    expect(text).toContain(`${machine.path} has its servers under "${key}"`);
    expect(text).toContain(`mcpctl config validate ${machine.path}`);
  }
});

test('says nothing of other keys beside the servers', async () => {
  const machine = await machineWith({ mcpServers: {}, servers: { a: { command: 'node' } }, theme: {} });

  expect((await mcpctl(['list'], machine)).stderr).toBe('');
});
