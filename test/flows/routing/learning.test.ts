import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { MEMORY, writeManifest } from '../../support/servers.ts';

let home: Home;
const state = (name: string): string => join(home.home, '.local/state/mcpctl', name);
const ask = async (task: string) => (await mcpctlJson(['route', task, '--explain'], home)).document.data;
const task = 'look at the graph of ada@example.org';

test('learns which suggested tool was called, less than from what is said, and forgets it', async () => {
  home = await emptyHome();
  await writeManifest(home.home, { memory: { command: process.execPath, args: [MEMORY] } });
  for (const words of [
    ['config', 'set', 'audit.key', 'file'],
    ['tools', 'memory'],
  ])
    expect((await mcpctl(words, home)).status).toBe(0);
  // Nobody asked for it yet.
  await ask(task);
  await expect(stat(state('routing-asked.json'))).rejects.toThrow('ENOENT');

  expect((await mcpctl(['config', 'set', 'routing.learnFromCalls', 'true'], home)).status).toBe(0);
  const before = await ask(task);
  const tools: string[] = before.suggestions.map(({ tool }: { tool: string }) => tool);
  expect(tools[0]).toBe('search_nodes');
  expect(tools).toContain('read_graph');
  expect((await stat(state('routing-asked.json'))).mode & 0o777).toBe(0o600);
  expect(await readFile(state('routing-asked.json'), 'utf8')).not.toContain('ada@');

  await call('read_graph');
  await call('search_nodes', 'query=Ada');
  const after = await ask(task);
  const used = after.suggestions.find(({ tool }: { tool: string }) => tool === 'read_graph');
  const unused = before.suggestions.find(({ tool }: { tool: string }) => tool === 'read_graph');
  expect(used.reasons.remembered).toBe('called');
  expect(used.score - unused.score).toBeGreaterThan(0.1);
  expect(used.score - unused.score).toBeLessThan(0.4);
  expect(after.suggestions.filter(({ reasons }: Reasoned) => reasons.remembered)).toHaveLength(1);

  // What is said stands against what is done.
  await mcpctl(['route', task, '--wrong', 'memory/read_graph'], home);
  await call('read_graph');
  const said = JSON.stringify((await ask(task)).suggestions);
  expect(said).not.toContain('"called"');

  // Policy stands above both.
  await mcpctl(['route', task, '--confirm', 'memory/read_graph'], home);
  expect((await ask(task)).suggestions[0]).toMatchObject({
    tool: 'read_graph',
    reasons: { remembered: 'confirmed' },
  });
  await mcpctl(['config', 'set', 'policy.deny', '["memory/read_graph"]'], home);
  expect(JSON.stringify((await ask(task)).suggestions)).not.toContain('read_graph');

  expect((await mcpctl(['route', '--forget'], home)).stdout).toBe('Forgotten: 1 answer.\n');
  for (const name of ['routing-said.json', 'routing-asked.json'])
    await expect(stat(state(name))).rejects.toThrow('ENOENT');
});

interface Reasoned {
  readonly reasons: { readonly remembered?: string };
}

async function call(...words: string[]): Promise<void> {
  const { status, stderr } = await mcpctl(['call', 'memory', ...words], home);
  expect(status, stderr).toBe(0);
}
