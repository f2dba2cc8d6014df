import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { fixtureEntry, MEMORY, writeManifest } from '../../support/servers.ts';

/** A home with two servers whose tools were listed. */
async function withServers(): Promise<Home> {
  const home = await emptyHome();
  await writeManifest(home.home, {
    memory: { command: process.execPath, args: [MEMORY] },
    echo: fixtureEntry('echo'),
    quiet: { command: 'no-such-program-here' },
  });
  for (const server of ['memory', 'echo']) {
    expect((await mcpctl(['tools', server], home)).status).toBe(0);
  }
  return home;
}

test('suggests tools of the user’s servers, says why, and learns from what it is told', async () => {
  const home = await withServers();
  const task = 'Remember that Ada works with Charles';
  const { document } = await mcpctlJson(['route', task, '--explain'], home);

  expect(document.data).toMatchObject({ match: true, unknown: ['quiet'], leftOut: [] });
  expect(document.data.suggestions).toHaveLength(5);
  expect(document.data.suggestions[0]).toMatchObject({
    server: 'memory',
    writes: true,
    reasons: { nouns: ['remember that'] },
  });
  const [{ tool }] = document.data.suggestions;

  const wrong = await mcpctl(['route', task, '--wrong', `memory/${tool}`], home);
  expect(wrong.stdout).toBe(`Not for such tasks any more: memory/${tool}\n`);
  const mail = 'Remember that ada@example.org works with Charles, PIN 48151623';
  await mcpctl(['route', mail, '--confirm', 'memory/add_observations'], home);
  const kept = await readFile(join(home.home, '.local/state/mcpctl/routing-said.json'), 'utf8');
  expect(kept).toContain('Remember that … works with Charles, PIN …');
  expect(kept).not.toMatch(/ada@|48151623/);

  const shown = await mcpctl(['route', task.replace('Remember', 'Remebmer')], home);
  expect(shown.stdout).toContain('Read remebmer as remember.');
  expect(shown.stdout).toMatch(/^1 +memory +add_observations +\d/m);
  expect(shown.stdout).toContain('Tools not known yet of quiet. To list them: mcpctl tools');
  expect((await mcpctl(['route', '--forget'], home)).stdout).toBe('Forgotten: 2 answers.\n');
});

test('never suggests what policy forbids, and says what it left out', async () => {
  const home = await withServers();
  await mcpctl(['config', 'set', 'policy.deny', '["memory/delete_*"]'], home);
  const { document } = await mcpctlJson(['route', 'delete entities from the knowledge graph'], home);

  const tools = document.data.suggestions.map(({ tool }: { tool: string }) => tool);
  expect(tools).not.toContain('delete_entities');
  expect(document.data.leftOut).toEqual([
    {
      server: 'memory',
      tool: expect.stringMatching(/^delete_/),
      why: 'policy forbids it (deny memory/delete_*)',
    },
  ]);
});

test('admits that nothing fits, and names what could be added', async () => {
  const home = await withServers();
  const { status, stdout } = await mcpctl(['route', 'refund the Stripe payment of this customer'], home);

  expect(status).toBe(0);
  expect(stdout).toMatch(/^No tool of your servers clearly does that\./);
  expect(stdout).toMatch(/Not installed, and would fit:\n {2}Stripe {2}mcpctl add stripe\n/);
  expect((await mcpctl(['route', 'why is the sky blue?'], home)).stdout).not.toContain('Not installed');
});

let batchHome: Home;
const file = (name: string): string => join(batchHome.home, name);
const batch = async (servers: unknown, queries: unknown) => {
  await writeFile(file('servers.json'), typeof servers === 'string' ? servers : JSON.stringify(servers));
  await writeFile(file('queries.json'), JSON.stringify(queries));
  const flags = [
    '--catalog',
    file('servers.json'),
    '--queries',
    file('queries.json'),
    '--out',
    file('out.jsonl'),
  ];
  return await mcpctlJson(['route', ...flags], batchHome);
};

test('routes many requests over a catalog of a file, a line each', async () => {
  batchHome = await emptyHome();
  const { document } = await batch(
    [
      {
        id: 'jira',
        title: 'Jira',
        tools: [{ name: 'jira_create_issue', description: 'Create an issue', params: [['summary', 'text']] }],
      },
      { id: 'slack', title: 'Slack', description: null, extra: 1, tools: [{ name: 'slack_post_message' }] },
      { id: '必应', title: 'Bing', description: '搜索网页', tools: [] },
    ],
    [
      { id: 'a', q: 'Open a Jira issue and post it to Slack' },
      { id: 2, q: 'Tell me a joke' },
      { id: 'c', q: '搜索网页' },
    ],
  );
  expect(document.data).toMatchObject({
    servers: 3,
    tools: 2,
    queries: 3,
    matched: 2,
    out: file('out.jsonl'),
  });

  const lines = (await readFile(file('out.jsonl'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({ id: 'a', match: true, steps: ['jira', 'slack'] });
  expect(lines[0].ranked[0]).toEqual({ server: 'jira', tool: 'jira_create_issue' });
  expect(lines[1]).toMatchObject({ id: '2', match: false, steps: [] });
  expect(lines[2]).toEqual({ id: 'c', ranked: [{ server: '必应', tool: null }], match: true, steps: [] });
});

test('names the place where a file of a batch is not what it should be', async () => {
  batchHome = await emptyHome();
  expect((await batch([{ title: 'no id' }], [])).document.error).toMatchObject({
    code: 'DOCUMENT_INVALID',
    message: expect.stringContaining('servers.json: at 0.id: '),
  });
  expect((await batch('{', [])).document.error).toMatchObject({ code: 'DOCUMENT_INVALID' });
  const alone = await mcpctl(['route', '--catalog', 'servers.json'], batchHome);
  expect(alone).toMatchObject({ status: 2, stderr: expect.stringContaining('belong together') });
  expect((await mcpctl(['route'], batchHome)).stderr).toContain('Say what you want done.');
  const stranger = await mcpctl(['route', 'x', '--confirm', 'nobody/nothing'], batchHome);
  expect(stranger.stderr).toContain('names none of your servers');
});
