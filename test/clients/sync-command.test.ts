import { lstat, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, MCPCTL, mcpctl, mcpctlJson } from '../support/cli.ts';

const CLAUDE = '{\n  "numStartups": 3,\n  "mcpServers": {\n    "mine": { "command": "x" }\n  }\n}\n';

/** A home with two servers in the manifest and Claude Code installed. */
async function homeWithClaude(
  servers: object = { memory: { command: 'npx', args: ['-y', 'm'] } },
): Promise<Home> {
  const home = await emptyHome();
  await writeManifest(home, servers);
  await writeFile(join(home.home, '.claude.json'), CLAUDE);
  return home;
}

async function writeManifest({ home }: Home, servers: object): Promise<void> {
  await mkdir(join(home, '.config', 'claude'), { recursive: true });
  await writeFile(
    join(home, '.config', 'claude', 'claude_desktop_config.json'),
    JSON.stringify({ mcpServers: servers }),
  );
}

const claudeFile = async ({ home }: Home): Promise<string> =>
  await readFile(join(home, '.claude.json'), 'utf8');

test('writes the managed entry, keeps the rest byte for byte, and has nothing to do the second time', async () => {
  const home = await homeWithClaude();

  const first = await mcpctlJson(['sync', '--yes'], home);
  const again = await mcpctlJson(['sync', '--yes'], home);

  expect(first.document.data.files).toEqual([
    expect.objectContaining({
      clients: ['claude-code'],
      status: 'written',
      changes: [{ kind: 'add', server: 'memory' }],
    }),
  ]);
  expect(first.document.data.restart).toMatchObject([
    { client: 'claude-code', advice: expect.stringContaining('session') },
  ]);
  const text = await claudeFile(home);
  expect(text).toContain('  "numStartups": 3,\n  "mcpServers": {\n    "mine": { "command": "x" },\n');
  expect(JSON.parse(text).mcpServers.memory).toEqual({
    type: 'stdio',
    command: process.execPath,
    args: [MCPCTL, 'run', 'memory'],
  });
  expect(again.document.data.files).toEqual([expect.objectContaining({ status: 'unchanged', changes: [] })]);
  expect([first.status, again.status]).toEqual([0, 0]);
});

test('without a terminal and --yes it shows the diff, writes nothing and names the flag', async () => {
  const home = await homeWithClaude();

  const { status, stdout, stderr } = await mcpctl(['sync'], home);

  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('CONFIRMATION_NEEDED');
  expect(stderr).toContain('--yes');
  expect(stderr).toMatch(/^\+.*"run"/m);
  expect(await claudeFile(home)).toBe(CLAUDE);
});

test('--dry-run writes nothing, not even its own record', async () => {
  const home = await homeWithClaude();

  const { status, document } = await mcpctlJson(['sync', '--dry-run'], home);

  expect(status).toBe(0);
  expect(document.data).toMatchObject({ dryRun: true, files: [{ status: 'planned' }] });
  expect(await claudeFile(home)).toBe(CLAUDE);
  await expect(stat(join(home.home, '.local'))).rejects.toThrow('ENOENT');
});

test('a server taken out of the manifest leaves the client, foreign entries stay', async () => {
  const home = await homeWithClaude();
  await mcpctl(['sync', '--yes'], home);
  await writeManifest(home, {});

  const { document } = await mcpctlJson(['sync', '--yes'], home);

  expect(document.data.files[0].changes).toEqual([{ kind: 'remove', server: 'memory' }]);
  expect(JSON.parse(await claudeFile(home)).mcpServers).toEqual({ mine: { command: 'x' } });
});

test('a foreign entry of the same name is a conflict, until --force', async () => {
  const home = await homeWithClaude({ mine: { command: 'y' }, memory: { command: 'z' } });

  const refused = await mcpctlJson(['sync', '--yes'], home);
  expect(refused.status).toBe(3);
  expect(refused.document.data.files[0].problems).toMatchObject([
    { code: 'CLIENT_ENTRY_CONFLICT', server: 'mine' },
  ]);
  expect(JSON.parse(await claudeFile(home)).mcpServers).toMatchObject({
    mine: { command: 'x' },
    memory: { type: 'stdio' },
  });

  const forced = await mcpctlJson(['sync', '--yes', '--force'], home);
  expect(forced.status).toBe(0);
  expect(JSON.parse(await claudeFile(home)).mcpServers.mine.args).toEqual([MCPCTL, 'run', 'mine']);
});

test('a broken file is left alone with a code and the line, other clients are written', async () => {
  const home = await homeWithClaude();
  await writeFile(join(home.home, '.claude.json'), '{\n  "mcpServers": {,}\n}');

  const { status, document } = await mcpctlJson(['sync', '--yes', '--client', 'claude-code', 'cursor'], home);

  expect(status).toBe(3);
  expect(document.data.files).toMatchObject([
    {
      status: 'blocked',
      problems: [{ code: 'CLIENT_FILE_BROKEN', message: expect.stringContaining('.claude.json:2:') }],
    },
    { status: 'written' },
  ]);
  expect(await claudeFile(home)).toBe('{\n  "mcpServers": {,}\n}');
});

test('keeps mode and symbolic link of the file, and a backup of what it was', async () => {
  const home = await homeWithClaude();
  const real = join(home.home, 'dotfiles.json');
  await writeFile(real, CLAUDE, { mode: 0o640 });
  await rm(join(home.home, '.claude.json'));
  await symlink(real, join(home.home, '.claude.json'));

  await mcpctl(['sync', '--yes'], home);

  expect((await lstat(join(home.home, '.claude.json'))).isSymbolicLink()).toBe(true);
  expect((await stat(real)).mode & 0o777).toBe(0o640);
  expect(await readFile(real, 'utf8')).toContain('"run"');
  const folder = join(home.home, '.local', 'state', 'mcpctl', 'backups');
  const saved = (await readdir(folder)).filter((name) => name.endsWith('.data'));
  expect(await Promise.all(saved.map((name) => readFile(join(folder, name), 'utf8')))).toEqual([CLAUDE]);
});

test('in a project, its servers go to the shared files and name mcpctl alone', async () => {
  const home = await homeWithClaude({});
  const project = join(home.home, 'work');
  await mkdir(join(project, '.claude'), { recursive: true });
  await writeFile(
    join(project, '.claude', 'claude_desktop_config.json'),
    JSON.stringify({ mcpServers: { docs: { url: 'https://a.example/mcp' } } }),
  );

  const { document } = await mcpctlJson(['sync', '--yes'], { ...home, cwd: project });

  expect(
    document.data.files.map(({ scope, status }: { scope: string; status: string }) => [scope, status]),
  ).toEqual([
    ['user', 'unchanged'],
    ['project', 'written'],
  ]);
  expect(JSON.parse(await readFile(join(project, '.mcp.json'), 'utf8'))).toEqual({
    mcpServers: { docs: { type: 'stdio', command: 'mcpctl', args: ['run', 'docs', '--scope', 'project'] } },
  });
});

test('XDG folders of this shell are carried to the client', async () => {
  const home = await homeWithClaude();
  const state = join(home.home, 'elsewhere');

  await mcpctl(['sync', '--yes'], { ...home, env: { ...home.env, XDG_STATE_HOME: state } });

  expect(JSON.parse(await claudeFile(home)).mcpServers.memory.env).toEqual({ XDG_STATE_HOME: state });
});

test('--direct writes the program and is remembered; what the client cannot load is refused', async () => {
  const home = await homeWithClaude({
    memory: { command: 'npx', args: ['-y', 'm'], env: { TOKEN: '${TOKEN}' } },
    linear: { url: 'https://mcp.linear.app/mcp', auth: 'oauth', scopes: ['read'] },
  });

  const direct = await mcpctlJson(['sync', '--yes', '--direct', '--client', 'claude-code', 'zed'], home);
  expect(direct.status).toBe(3);
  expect(direct.document.data.files[1].problems).toMatchObject([
    { code: 'CLIENT_SECRET_EXPOSED', server: 'memory' },
  ]);
  expect(JSON.parse(await claudeFile(home)).mcpServers).toEqual({
    mine: { command: 'x' },
    memory: { type: 'stdio', command: 'npx', args: ['-y', 'm'], env: { TOKEN: '${TOKEN}' } },
    linear: { type: 'http', url: 'https://mcp.linear.app/mcp' },
  });

  const again = await mcpctlJson(['sync', '--yes', '--client', 'claude-code'], home);
  expect(again.document.data.files[0].status).toBe('unchanged');
  await mcpctlJson(['sync', '--yes', '--client', 'claude-code', '--managed'], home);
  expect(JSON.parse(await claudeFile(home)).mcpServers.linear.args).toEqual([MCPCTL, 'run', 'linear']);
});

test('says that no client was found, and which can be named', async () => {
  const { status, document } = await mcpctlJson(['sync', '--yes'], await emptyHome({ PATH: '/nonexistent' }));

  expect(status).toBe(5);
  expect(document.error).toMatchObject({
    code: 'CLIENT_NONE_FOUND',
    hint: expect.stringContaining('--client'),
  });
});

test('clients shows who is there, how many servers they have, and what was changed since', async () => {
  const home = await homeWithClaude();
  await mcpctl(['sync', '--yes'], home);
  const { mcpServers, ...rest } = JSON.parse(await claudeFile(home));
  const claude = async (): Promise<{ files: { servers: string[]; drift: string[] }[] }> =>
    (await mcpctlJson(['clients'], home)).document.data.clients.find(
      ({ id }: { id: string }) => id === 'claude-code',
    );
  const write = async (memory: object | undefined): Promise<void> =>
    await writeFile(
      join(home.home, '.claude.json'),
      JSON.stringify({ ...rest, mcpServers: { ...mcpServers, memory } }),
    );

  expect((await claude()).files).toMatchObject([{ servers: ['memory'], drift: [] }]);
  await write({ ...mcpServers.memory, command: '/gone/node' });
  expect((await claude()).files).toMatchObject([{ servers: [], drift: ['CLIENT_ENTRY_STALE'] }]);
  await write({ ...mcpServers.memory, env: { A: 'b' } });
  expect((await claude()).files).toMatchObject([{ drift: ['CLIENT_ENTRY_EDITED'] }]);
  await write(undefined);
  expect((await claude()).files).toMatchObject([{ drift: ['CLIENT_ENTRY_MISSING'] }]);
  await mcpctl(['sync', '--yes'], home);
  expect((await claude()).files).toMatchObject([{ servers: ['memory'], drift: [] }]);
});

test('the diff hides secrets of the entries around, the file keeps them', async () => {
  const home = await homeWithClaude();
  const token = `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`;
  await writeFile(
    join(home.home, '.claude.json'),
    `{\n  "mcpServers": {\n    "mine": {\n      "command": "x",\n      "env": { "GITHUB_TOKEN": "${token}" }\n    }\n  }\n}\n`,
  );

  const { stderr, stdout } = await mcpctl(['sync', '--yes'], home);

  expect(stderr).toContain('"GITHUB_TOKEN": "•••"');
  expect(stdout + stderr).not.toContain(token);
  expect(await claudeFile(home)).toContain(token);
});

test('--direct does not put a secret of the manifest into a client', async () => {
  const token = `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`;
  const home = await homeWithClaude({ git: { command: 'npx', env: { GITHUB_TOKEN: token } } });

  const { status, document, stdout } = await mcpctlJson(['sync', '--yes', '--direct'], home);

  expect(status).toBe(3);
  expect(document.data.files[0].problems).toMatchObject([{ code: 'CLIENT_SECRET_EXPOSED', server: 'git' }]);
  expect(stdout).not.toContain(token);
  expect(await claudeFile(home)).toBe(CLAUDE);
});
