import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, type Finished, type Home, mcpctl, mcpctlJson, start } from '../support/cli.ts';
import { type SecretService, startSecretService } from '../support/secret-service.ts';

const CANARY = 'c4nary-Zq9_value';

async function desktop(): Promise<Home & { service: SecretService }> {
  const service = await startSecretService();
  onTestFinished(service.stop);
  return { ...(await emptyHome(service.env)), service };
}

async function writeManifest(path: string, mcpServers: Record<string, unknown>): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, JSON.stringify({ mcpServers }));
}

const userManifest = ({ home }: Home): string => join(home, '.config/claude/claude_desktop_config.json');

/** Files under the folder whose content has the text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(paths.map(async (path) => await readFile(path)));
  return paths.filter((_, index) => contents[index]?.includes(text));
}

function printsNothingOf(finished: Finished): void {
  expect(finished.stdout + finished.stderr).not.toContain(CANARY);
}

test('stores, lists and removes a secret that shows up nowhere but in the keyring', async () => {
  const machine = await desktop();
  await writeManifest(userManifest(machine), {
    linear: { url: 'https://mcp.linear.app/mcp', headers: { Authorization: 'Bearer ${LINEAR_API_KEY}' } },
    other: { command: 'node', env: { A: '${NOT_THERE}', B: '${HAS_DEFAULT:-x}' } },
  });

  const set = await mcpctl(['secret', 'set', 'LINEAR_API_KEY', '--stdin'], {
    ...machine,
    input: `${CANARY}\n`,
  });
  await machine.service.restart();
  const later = { ...machine, env: { ...machine.env, ...machine.service.env } };
  const list = await mcpctlJson(['secret', 'list', '--verbose'], later);

  expect(set).toMatchObject({ status: 0, stdout: 'Stored LINEAR_API_KEY in the system keychain.\n' });
  expect(list.document.data.secrets).toEqual([
    { name: 'HAS_DEFAULT', stored: [], usedBy: ['other'], state: 'optional' },
    {
      name: 'LINEAR_API_KEY',
      stored: ['keychain'],
      usedBy: ['linear'],
      state: 'ready',
      fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
    },
    { name: 'NOT_THERE', stored: [], usedBy: ['other'], state: 'missing' },
  ]);
  const removed = await mcpctl(['secret', 'rm', 'LINEAR_API_KEY', '--yes'], later);
  expect(removed).toMatchObject({ status: 0, stdout: 'Removed LINEAR_API_KEY from the system keychain.\n' });
  const again = await mcpctlJson(['secret', 'rm', 'LINEAR_API_KEY', '--yes'], later);
  expect(again.document.error?.code).toBe('SECRET_MISSING');
  for (const finished of [set, list, removed, again]) printsNothingOf(finished);
  expect(await filesWith(machine.home, CANARY)).toEqual([]);
});

test('shows the same fingerprint for the same value and another one after a change', async () => {
  const machine = await emptyHome();
  const fingerprint = async (value: string): Promise<string> => {
    await mcpctl(['secret', 'set', 'A', '--store', 'env', '--stdin'], { ...machine, input: value });
    const { document } = await mcpctlJson(['secret', 'list'], machine);
    return document.data.secrets[0].fingerprint;
  };

  const first = await fingerprint('one');
  expect(await fingerprint('two')).not.toBe(first);
  expect(await fingerprint('one')).toBe(first);
  expect((await stat(join(machine.home, '.local/state/mcpctl/install-key'))).mode & 0o777).toBe(0o600);
});

test('stores nothing anywhere when there is no keychain', async () => {
  const machine = await emptyHome();

  for (const extra of [[], ['--dry-run']]) {
    const { document, status } = await mcpctlJson(['secret', 'set', 'A', '--stdin', ...extra], {
      ...machine,
      input: CANARY,
    });
    expect({ status, code: document.error?.code }).toEqual({ status: 5, code: 'KEYCHAIN_UNAVAILABLE' });
    expect(document.error?.hint).toContain('--store env');
  }
  expect(await readdir(machine.home)).toEqual([]);
});

test.each([
  ['as a second word', ['A', CANARY]],
  ['behind an equals sign', [`A=${CANARY}`]],
  ['as an option', ['A', '--value', CANARY]],
  ['inside an option', ['A', `--value=${CANARY}`]],
  ['glued to a known option', ['A', `--stdin=${CANARY}`]],
  ['looking like an option', ['A', `-${CANARY}`]],
])('refuses a value %s without repeating it', async (_, words) => {
  for (const flags of [[], ['--json'], ['--verbose']]) {
    const finished = await mcpctl(['secret', 'set', ...words, ...flags], await emptyHome());

    expect(finished.status).toBe(2);
    expect(finished.stdout + finished.stderr).toContain('SECRET_ON_COMMAND_LINE');
    printsNothingOf(finished);
  }
});

test('asks for --stdin when nobody can type the value', async () => {
  const { document } = await mcpctlJson(['secret', 'set', 'A'], await emptyHome());

  expect(document.error).toMatchObject({
    code: 'CONFIRMATION_NEEDED',
    hint: expect.stringContaining('--stdin'),
  });
});

test('refuses an empty value, and takes one from a file', async () => {
  const machine = await emptyHome();
  const empty = await mcpctlJson(['secret', 'set', 'A', '--store', 'env', '--stdin'], {
    ...machine,
    input: '\n',
  });
  expect(empty.document.error?.code).toBe('SECRET_UNSUITABLE');
  await writeFile(join(machine.home, 'key'), `${CANARY}\r\n`);

  const stored = await mcpctl(['secret', 'set', 'A', '--store', 'env', '--from-file', 'key'], machine);

  expect(stored.status).toBe(0);
  expect(await readFile(join(machine.home, '.env'), 'utf8')).toBe(`A=${CANARY}\n`);
});

test('writes .env, .gitignore and .env.example of the project, from a folder below it', async () => {
  const machine = await emptyHome();
  const project = join(machine.home, 'work');
  const below = join(project, 'src', 'deep');
  await mkdir(below, { recursive: true });
  execFileSync('git', ['-C', project, 'init', '-q']);
  await writeManifest(join(project, '.claude', 'claude_desktop_config.json'), {
    linear: { url: 'https://mcp.linear.app/mcp', headers: { Authorization: 'Bearer ${LINEAR_API_KEY}' } },
  });
  const set = ['secret', 'set', 'LINEAR_API_KEY', '--store', 'env', '--stdin'];

  const dry = await mcpctl([...set, '--dry-run'], { ...machine, cwd: below, input: CANARY });
  expect(dry.stdout).toBe('Would store LINEAR_API_KEY in .env of this project.\n');
  expect(await readdir(project)).toEqual(['.claude', '.git', 'src']);
  const stored = await mcpctl(set, { ...machine, cwd: below, input: CANARY });

  expect(stored.status).toBe(0);
  printsNothingOf(stored);
  expect(await filesWith(machine.home, CANARY)).toEqual([join(project, '.env')]);
  const example = await readFile(join(project, '.env.example'), 'utf8');
  expect(example).toMatch(/# linear: .+\n(# Get it: .+\n)?LINEAR_API_KEY=\n/);
  const status = execFileSync('git', ['-C', project, 'status', '--porcelain', '-uall'], { encoding: 'utf8' });
  expect(status).not.toMatch(/\.env$/m);
});

test('refuses a tracked .env', async () => {
  const machine = await emptyHome();
  execFileSync('git', ['-C', machine.home, 'init', '-q']);
  await writeFile(join(machine.home, '.env'), 'B=2\n');
  execFileSync('git', ['-C', machine.home, 'add', '.env']);

  for (const extra of [[], ['--dry-run']]) {
    const finished = await mcpctlJson(['secret', 'set', 'A', '--store', 'env', '--stdin', ...extra], {
      ...machine,
      input: CANARY,
    });
    expect(finished).toMatchObject({ status: 6, document: { error: { code: 'SECRET_IN_GIT' } } });
  }
  expect(await readFile(join(machine.home, '.env'), 'utf8')).toBe('B=2\n');
});

test('asks before it removes, and removes from .env where no keychain works', async () => {
  const machine = await emptyHome();
  await writeFile(join(machine.home, '.env'), '# mine\nA=1\n');

  expect((await mcpctl(['secret', 'rm', 'A'], machine)).status).toBe(2);
  const dry = await mcpctlJson(['secret', 'rm', 'A', '--dry-run'], machine);
  expect(dry.document.data).toEqual({ name: 'A', stored: ['env'], usedBy: [], dryRun: true });
  expect(await readFile(join(machine.home, '.env'), 'utf8')).toBe('# mine\nA=1\n');
  expect((await mcpctl(['secret', 'rm', 'A', '--yes'], machine)).status).toBe(0);

  expect(await readFile(join(machine.home, '.env'), 'utf8')).toBe('# mine\n');
});

test('lists what it can while the keychain cannot be asked', async () => {
  const machine = await desktop();
  await writeManifest(userManifest(machine), {
    a: { command: 'x', env: { A: '${KEPT}', B: '${ELSEWHERE}' } },
  });
  await mcpctl(['secret', 'set', 'KEPT', '--stdin'], { ...machine, input: CANARY });
  await machine.service.lock();
  await writeFile(join(machine.home, '.env'), 'KEPT=does not count\n');

  const { document } = await mcpctlJson(['secret', 'list'], {
    ...machine,
    env: { ...machine.env, ELSEWHERE: 'y' },
  });

  expect(document.data.keychain.code).toBe('KEYCHAIN_UNAVAILABLE');
  expect(document.data.secrets).toMatchObject([
    { name: 'ELSEWHERE', stored: ['environment'], state: 'ready' },
    { name: 'KEPT', stored: ['env'], state: 'unknown' },
  ]);
});

test('puts the value into no argument of any process while it is stored', async () => {
  const machine = await desktop();
  const seen: string[] = [];
  const child = start(['secret', 'set', 'A', '--stdin'], machine);
  let running = true;
  const done = new Promise((resolve) =>
    child.once('close', (status) => {
      running = false;
      resolve(status);
    }),
  );
  child.stdin?.end(CANARY);

  while (running) seen.push(...(await commandLines()));

  expect(await done).toBe(0);
  expect(seen.some((line) => line.includes('secret\0set'))).toBe(true);
  expect(seen.filter((line) => line.includes(CANARY))).toEqual([]);
});

async function commandLines(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return await Promise.all(
    pids.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
}
