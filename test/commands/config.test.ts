import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../support/cli.ts';

// Put together here so that no scanner takes this file for a leak.
const TOKEN = ['ghp', 'x7Kq2mVb9LrTz4WnYc8PdSfGh3JkAe5UoIi6'].join('_');

async function machine() {
  const options = await emptyHome();
  const manifest = join(options.home, '.config', 'claude', 'claude_desktop_config.json');
  const cwd = join(options.home, 'app');
  const project = join(cwd, '.claude', 'claude_desktop_config.json');
  const put = async (path: string, content: unknown): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  };
  await mkdir(cwd, { recursive: true });
  return { ...options, cwd, manifest, project, put };
}

test('path names every place, and which are there', async () => {
  const here = await machine();
  await here.put(here.project, { mcpServers: {} });

  const { document } = await mcpctlJson(['config', 'path'], here);
  const { stdout, status } = await mcpctl(['config', 'path'], here);

  expect(document.data).toEqual(
    expect.arrayContaining([
      { what: 'user manifest', path: here.manifest, exists: false },
      { what: 'project manifest', path: here.project, exists: true },
      { what: 'backups', path: join(here.home, '.local/state/mcpctl/backups'), exists: false },
    ]),
  );
  expect(status).toBe(0);
  expect(stdout).toContain(here.project);
});

describe('validate', () => {
  test('finds a client of the settings that does not exist', async () => {
    const here = await machine();
    await here.put(join(here.cwd, '.mcpctlrc.json'), '{\n  "clients": ["zed", "curser"]\n}\n');

    const { status, document } = await mcpctlJson(['config', 'validate'], here);

    expect(status).toBe(3);
    expect(document.data.problems).toEqual([
      expect.objectContaining({
        line: 2,
        column: 22,
        code: 'CLIENT_UNKNOWN',
        message: 'clients: there is no client "curser"',
        hint: 'Did you mean: cursor',
      }),
    ]);
  });

  test('is content with nothing and with what is right', async () => {
    const here = await machine();
    expect(await mcpctl(['config', 'validate'], here)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('nothing to check'),
    });
    await here.put(here.manifest, { mcpServers: { a: { command: 'node', args: ['a.js'] } } });
    expect(await mcpctl(['config', 'validate', '--strict'], here)).toMatchObject({
      status: 0,
      stdout: `${here.manifest}: no problems\n`,
      stderr: '',
    });
  });

  test('lists every problem of every file with its place, and exits 3', async () => {
    const here = await machine();
    await here.put(here.manifest, { mcpServers: { a: { command: 'x', env: { TOKEN } } } });
    await here.put(here.project, '{ "mcpServers": { "b": { "url": "b.example" }, } }');
    await here.put(join(dirname(here.project), 'mcpctl-lock.json'), '{}');
    await here.put(join(here.cwd, '.mcpctlrc'), 'colour: red\n');

    const finished = await mcpctl(['config', 'validate'], here);
    const { document } = await mcpctlJson(['config', 'validate'], here);

    expect(finished.status).toBe(3);
    expect(finished.stdout).toContain(`${here.manifest}:6:18`);
    expect(finished.stdout).toContain('try Store it with: mcpctl secret set TOKEN');
    expect(finished.stdout).toContain('3 errors, 1 warning');
    expect(finished.stdout + JSON.stringify(document)).not.toContain(TOKEN);
    expect(document.data.problems.map(({ code }: { code: string }) => code)).toEqual([
      'SECRET_LITERAL',
      'URL_NO_SCHEME',
      'LOCK_FILE_INVALID',
      'SETTING_UNKNOWN',
    ]);
    expect(document.data).toMatchObject({ errors: 3, warnings: 1 });
  });

  test('takes one file, and counts warnings only when strict', async () => {
    const here = await machine();
    await here.put(here.manifest, '{ broken');
    await here.put(join(here.cwd, 'other.json'), { mcpServers: { 'Odd Name': { command: 'x' } } });

    expect(await mcpctl(['config', 'validate', 'other.json'], here)).toMatchObject({ status: 0 });
    expect(await mcpctl(['config', 'validate', 'other.json', '--strict'], here)).toMatchObject({ status: 3 });
    const missing = await mcpctlJson(['config', 'validate', 'none.json'], here);
    expect(missing).toMatchObject({ status: 1, document: { error: { code: 'FILE_UNREADABLE' } } });
  });
});

describe('show', () => {
  test('merges scopes, names sources and hides secrets', async () => {
    const here = await machine();
    await here.put(here.manifest, {
      mcpServers: {
        a: { command: 'user' },
        b: { command: 'x', args: ['--api-key', TOKEN], env: { GITHUB_TOKEN: TOKEN, KEY: '${KEY}' } },
      },
    });
    await here.put(here.project, { mcpServers: { a: { command: 'project' } } });
    await here.put(join(here.cwd, '.mcpctlrc.json'), { timeouts: { callMs: 7000 } });

    const { document, stdout } = await mcpctlJson(['config', 'show'], here);
    const human = await mcpctl(['config', 'show'], here);

    expect(document.data.servers).toEqual({
      a: { scope: 'project', manifest: here.project, entry: { command: 'project' } },
      b: {
        scope: 'user',
        manifest: here.manifest,
        entry: {
          command: 'x',
          args: ['--api-key', '••••••••'],
          env: { GITHUB_TOKEN: '••••••••', KEY: '${KEY}' },
        },
      },
    });
    expect(document.data.settings.timeouts).toMatchObject({ callMs: 7000, startMs: 30_000 });
    expect(document.data.sources['timeouts.callMs']).toBe(join(here.cwd, '.mcpctlrc.json'));
    expect(human.stdout).toMatch(/timeouts\.callMs +7000 +.*\.mcpctlrc\.json/);
    expect(stdout + human.stdout).not.toContain(TOKEN);
  });

  test('refuses settings that are wrong, with the place', async () => {
    const here = await machine();
    await here.put(join(here.cwd, '.mcpctlrc'), 'timeouts:\n  callMs: soon\n');

    const { status, document } = await mcpctlJson(['config', 'show'], here);

    expect(status).toBe(3);
    expect(document.error).toMatchObject({
      code: 'SETTINGS_INVALID',
      message: expect.stringContaining('.mcpctlrc:2:11: timeouts.callMs'),
    });
  });
});

describe('set', () => {
  test('writes the user file, then only the value, and shows it', async () => {
    const here = await machine();
    const path = join(here.home, '.config', 'mcpctl', 'config.json');

    expect(await mcpctl(['config', 'set', 'timeouts.callMs', '9000'], here)).toMatchObject({ status: 0 });
    await writeFile(path, '{\n  // slow net\n  "timeouts": { "callMs": 9000 }\n}\n');
    const second = await mcpctl(['config', 'set', 'clients', 'cursor, zed'], here);

    expect(second.stderr).toContain('+  "clients"');
    expect(await readFile(path, 'utf8')).toBe(
      '{\n  // slow net\n  "timeouts": { "callMs": 9000 },\n  "clients": [\n    "cursor",\n    "zed"\n  ]\n}\n',
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = await mcpctlJson(['config', 'set', 'timeouts.callMs', '9000'], here);
    expect(again.document.data).toMatchObject({ changed: false, written: false });
  });

  test('writes the file the project has, YAML too', async () => {
    const here = await machine();
    await here.put(join(here.cwd, '.mcpctlrc.yaml'), '# ours\ndefaultScope: user # for now\n');

    await mcpctl(['config', 'set', 'defaultScope', 'project', '--scope', 'project'], here);

    expect(await readFile(join(here.cwd, '.mcpctlrc.yaml'), 'utf8')).toBe(
      '# ours\ndefaultScope: project # for now\n',
    );
  });

  test('refuses what does not count in a project', async () => {
    const here = await machine();
    const path = join(here.cwd, '.mcpctlrc.yaml');
    await here.put(path, 'defaultScope: user\n');

    for (const [key, value] of [
      ['gateway.mode', 'search'],
      ['registries.mcp', 'https://registry.example'],
      ['network.allowPrivate', 'registry.example'],
    ] as const) {
      const refused = await mcpctlJson(['config', 'set', key, value, '--scope', 'project'], here);
      expect(refused).toMatchObject({ status: 2, document: { error: { code: 'USAGE' } } });
    }
    expect(await readFile(path, 'utf8')).toBe('defaultScope: user\n');
    await mcpctl(['config', 'set', 'registries.npm', 'https://npm.example', '--scope', 'project'], here);
    expect(await readFile(path, 'utf8')).toContain('https://npm.example');
  });

  test('refuses a client mcpctl does not know, and says which it may have been', async () => {
    const here = await machine();

    const far = await mcpctlJson(['config', 'set', 'clients', 'nope'], here);
    expect(far.status).toBe(2);
    expect(far.document.error).toMatchObject({
      code: 'SETTING_UNKNOWN',
      message: 'The setting clients does not take "nope": there is no client "nope".',
      hint: expect.stringMatching(/^Known clients: claude-desktop, /),
    });
    const near = await mcpctlJson(['config', 'set', 'clients', 'zed,curser'], here);
    expect(near.document.error).toMatchObject({
      message: 'The setting clients does not take "zed,curser": there is no client "curser".',
      hint: 'Did you mean: cursor',
    });
    await expect(stat(join(here.home, '.config'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('writes nothing with --dry-run, nor what is not allowed', async () => {
    const here = await machine();
    const dry = await mcpctl(['config', 'set', 'defaultScope', 'project', '--dry-run'], here);
    expect(dry).toMatchObject({ status: 0, stdout: expect.stringContaining('would change') });
    for (const [key, value] of [
      ['timeouts.callMs', 'soon'],
      ['timeouts.callSeconds', '5'],
      ['colour', 'red'],
    ] as const) {
      const refused = await mcpctlJson(['config', 'set', key, value], here);
      expect(refused).toMatchObject({ status: 2, document: { error: { code: 'SETTING_UNKNOWN' } } });
    }
    const home = await mcpctlJson(['config', 'set', 'defaultScope', 'user', '--scope', 'project'], {
      ...here,
      cwd: here.home,
    });
    expect(home).toMatchObject({ status: 2, document: { error: { code: 'USAGE' } } });
    await expect(stat(join(here.home, '.config'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('backups and restore', () => {
  test('put a file back byte for byte, and can be undone', async () => {
    const here = await machine();
    const path = join(here.home, '.config', 'mcpctl', 'config.json');
    const bytes = Buffer.from('\uFEFF{\r\n\t"defaultScope": "user"}');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes, { mode: 0o640 });
    await mcpctl(['config', 'set', 'defaultScope', 'project'], here);
    const changed = await readFile(path);
    const listed = await mcpctlJson(['config', 'backups', path], here);
    const id = listed.document.data[0].id as string;

    const dry = await mcpctl(['config', 'restore', id, '--dry-run'], here);
    const unasked = await mcpctlJson(['config', 'restore', id], here);
    expect(dry.stderr).toContain('-\t"defaultScope": "project"}');
    expect(unasked).toMatchObject({ status: 2, document: { error: { code: 'CONFIRMATION_NEEDED' } } });
    expect(await readFile(path)).toEqual(changed);

    const { document } = await mcpctlJson(['config', 'restore', id, '--yes'], here);
    expect(await readFile(path)).toEqual(bytes);
    expect((await stat(path)).mode & 0o777).toBe(0o640);

    await mcpctl(['config', 'restore', document.data.undo, '--yes'], here);
    expect(await readFile(path)).toEqual(changed);
  });

  test('remove a file that was not there before', async () => {
    const here = await machine();
    const path = join(here.home, '.config', 'mcpctl', 'config.json');
    await mcpctl(['config', 'set', 'defaultScope', 'project'], here);
    const { document } = await mcpctlJson(['config', 'backups'], here);

    const done = await mcpctl(['config', 'restore', document.data[0].id, '--yes'], here);

    expect(done.stdout).toContain('is removed');
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('show no secret in the diff', async () => {
    const here = await machine();
    const path = join(here.home, '.config', 'mcpctl', 'config.json');
    await here.put(
      path,
      `{ "defaultScope": "user", "registries": { "npm": "https://me:${TOKEN}@x.example" } }`,
    );
    await mcpctl(['config', 'set', 'defaultScope', 'project'], here);
    const { document } = await mcpctlJson(['config', 'backups'], here);

    const dry = await mcpctl(['config', 'restore', document.data[0].id, '--dry-run'], here);

    expect(dry.stderr).toContain('"npm": "••••••••"');
    expect(dry.stderr).not.toContain(TOKEN);
  });

  test('refuse an id that does not exist', async () => {
    const here = await machine();
    const { status, document } = await mcpctlJson(['config', 'restore', 'none', '--yes'], here);
    expect(status).toBe(1);
    expect(document.error).toMatchObject({ code: 'BACKUP_NOT_FOUND' });
  });
});
