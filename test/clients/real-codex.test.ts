import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { emptyHome, type Home, MCPCTL, mcpctlJson } from '../support/cli.ts';
import { realClient } from '../support/real-client.ts';
import { writeServers } from './manifests.ts';

interface Listed {
  readonly name: string;
  readonly enabled: boolean;
  readonly transport: Record<string, unknown>;
}

/** `codex mcp list` of the real program; it fails when it cannot read one entry. */
async function codexList({ env, home }: Home): Promise<Listed[]> {
  const { stdout } = await promisify(execFile)(await realClient('codex'), ['mcp', 'list', '--json'], {
    cwd: home,
    env,
    timeout: 60_000,
  });
  return JSON.parse(stdout);
}

test('Codex reads what sync wrote, managed and direct, beside what was there', {
  timeout: 300_000,
}, async () => {
  const home = await emptyHome();
  await mkdir(join(home.home, '.codex'));
  const file = join(home.home, '.codex', 'config.toml');
  const before = '# mine\nmodel = "x" # keep\n\n[mcp_servers.mine]\ncommand = "true"\nenabled = false\n';
  await writeFile(file, before);
  await writeServers(home, {
    memory: { command: 'npx', args: ['-y', 'm'], env: { TOKEN: '${TOKEN}', LEVEL: 'high' } },
    linear: { url: 'https://a.example/mcp', headers: { Authorization: 'Bearer ${LINEAR}', 'X-Key': '${K}' } },
  });

  await mcpctlJson(['sync', '--yes', '--client', 'codex'], home);
  const managed = await codexList(home);
  await mcpctlJson(['sync', '--yes', '--client', 'codex', '--direct'], home);
  const direct = await codexList(home);

  expect(managed.map(({ name, transport }) => [name, transport.args])).toEqual([
    ['linear', [MCPCTL, 'run', 'linear']],
    ['memory', [MCPCTL, 'run', 'memory']],
    ['mine', []],
  ]);
  expect(direct).toMatchObject([
    {
      name: 'linear',
      transport: {
        type: 'streamable_http',
        url: 'https://a.example/mcp',
        bearer_token_env_var: 'LINEAR',
        env_http_headers: { 'X-Key': 'K' },
      },
    },
    { name: 'memory', transport: { command: 'npx', env: { LEVEL: 'high' }, env_vars: ['TOKEN'] } },
    { name: 'mine', enabled: false },
  ]);
  expect(await readFile(file, 'utf8')).toContain(before);
});

test('after Codex rewrote the file, entries of ours are still known as ours', async () => {
  const home = await emptyHome();
  await writeServers(home, { memory: { command: 'npx', args: ['-y', 'm'] } });
  await mcpctlJson(['sync', '--yes', '--client', 'codex'], home);
  await promisify(execFile)(await realClient('codex'), ['mcp', 'add', 'other', '--', 'true'], {
    cwd: home.home,
    env: home.env,
  });

  const again = await mcpctlJson(['sync', '--yes', '--client', 'codex'], home);
  expect(again.document.data.files).toMatchObject([{ status: 'unchanged', problems: [] }]);

  await writeServers(home, {});
  await mcpctlJson(['sync', '--yes', '--client', 'codex'], home);
  expect((await codexList(home)).map(({ name }) => name)).toEqual(['other']);
});
