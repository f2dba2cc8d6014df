import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../support/cli.ts';
import { fixturePath, writeManifest } from '../support/servers.ts';

interface Machine extends Home {
  readonly cwd: string;
}

/** A home with two clients, a project folder, and these settings of the user. */
async function machineWith(settings: object): Promise<Machine> {
  const { home, env } = await emptyHome();
  const cwd = join(home, 'project');
  await put(join(cwd, 'package.json'), '{}');
  await put(join(home, '.claude.json'), '{}\n');
  await mkdir(join(home, '.cursor'));
  await put(join(home, '.config/mcpctl/config.json'), JSON.stringify(settings));
  return { home, env, cwd };
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

const SILENT = { command: process.execPath, args: [fixturePath('silent')] };

test('sync and clients keep to the clients of the settings, unless some are named', async () => {
  const machine = await machineWith({ clients: ['cursor'] });
  await writeManifest(machine.home, { quiet: SILENT });

  const shown = await mcpctlJson(['clients'], machine);
  const settled = await mcpctlJson(['sync', '--dry-run'], machine);
  const named = await mcpctlJson(['sync', '--dry-run', '--client', 'claude-code'], machine);

  const pathsOf = ({ files }: { files: { path: string }[] }) => files.map(({ path }) => path);
  expect(shown.document.data.clients.map(({ id }: { id: string }) => id)).toEqual(['cursor']);
  expect(pathsOf(settled.document.data)).toEqual([join(machine.home, '.cursor/mcp.json')]);
  expect(pathsOf(named.document.data)).toEqual([join(machine.home, '.claude.json')]);
});

test('names the settings file that has a client mcpctl does not know', async () => {
  const machine = await machineWith({ clients: ['curser'] });
  const { status, document } = await mcpctlJson(['sync', '--dry-run'], machine);

  expect({ status, code: document.error?.code }).toEqual({ status: 3, code: 'SETTINGS_INVALID' });
  expect(document.error?.message).toContain(join(machine.home, '.config/mcpctl/config.json'));
  expect(document.error?.message).toContain('"curser"');
});

test('add tells the clients of the settings, in the scope of the settings', async () => {
  const machine = await machineWith({ clients: ['cursor'], defaultScope: 'project' });
  const words = ['add', '--json', '--name', 'echo', '--', process.execPath, fixturePath('echo')];

  const finished = await mcpctl(words, machine);

  expect(JSON.parse(finished.stdout)).toMatchObject({ ok: true, data: { added: [{ clients: ['Cursor'] }] } });
  expect(await readFile(join(machine.cwd, '.cursor/mcp.json'), 'utf8')).toContain('"echo"');
  expect(await readFile(join(machine.cwd, '.claude/claude_desktop_config.json'), 'utf8')).toContain('"echo"');
  expect(await readFile(join(machine.home, '.claude.json'), 'utf8')).toBe('{}\n');
});

test('init tells the clients of the settings', async () => {
  const machine = await machineWith({ clients: ['zed'], defaultScope: 'project' });
  await put(
    join(machine.cwd, '.claude/claude_desktop_config.json'),
    JSON.stringify({ mcpServers: { memory: SILENT } }),
  );

  const { document } = await mcpctlJson(['init', '--yes', '--server', 'memory'], machine);

  expect(document.data).toMatchObject({ kept: ['memory'], clients: { told: ['Zed'] } });
  expect(await readFile(join(machine.cwd, '.zed/settings.json'), 'utf8')).toContain('"memory"');
});

test('secret set keeps values where the settings say, unless told otherwise', async () => {
  const machine = await machineWith({ secrets: { store: 'env' } });

  const settled = await mcpctl(['secret', 'set', 'A_KEY', '--stdin'], { ...machine, input: 'value-one' });
  const told = await mcpctlJson(['secret', 'set', 'B_KEY', '--stdin', '--store', 'keychain'], {
    ...machine,
    input: 'value-two',
  });

  expect(settled).toMatchObject({ status: 0, stdout: `Stored A_KEY in ${join(machine.cwd, '.env')}.\n` });
  expect(told.document.error?.code).toBe('KEYCHAIN_UNAVAILABLE');
});

test('import moves secrets to where the settings say', async () => {
  const machine = await machineWith({ secrets: { store: 'env' } });
  const key = ['ghp', 'R2D2c3poQ8vTz5LwKjXn7YbMfUe4AhSd1gVi'].join('_');
  const entry = { command: 'node', args: ['server.js'], env: { GITHUB_TOKEN: key } };
  await put(join(machine.home, '.cursor/mcp.json'), JSON.stringify({ mcpServers: { github: entry } }));

  const { status } = await mcpctl(['import', '--yes'], machine);

  expect(status).toBe(0);
  expect(await readFile(join(machine.cwd, '.env'), 'utf8')).toContain(key);
});

test.each([
  ['call', ['call', 'quiet', 'echo'], { callMs: 400 }],
  ['tools', ['tools', 'quiet'], { startMs: 400 }],
])('%s waits as long as the settings say', async (_, words, timeouts) => {
  const machine = await machineWith({ timeouts });
  await writeManifest(machine.home, { quiet: SILENT });

  const { document } = await mcpctlJson(words, { ...machine, deadline: 25_000 });

  expect(document.error).toMatchObject({
    code: 'SERVER_TIMEOUT',
    message: expect.stringMatching(/400 ms|0\.4 s/),
  });
});

test('doctor waits as long as the settings say, and looks on when they are broken', async () => {
  const machine = await machineWith({ timeouts: { startMs: 400 } });
  await writeManifest(machine.home, { quiet: SILENT });

  const timed = await mcpctlJson(['doctor', 'quiet'], { ...machine, deadline: 25_000 });
  await put(join(machine.home, '.config/mcpctl/config.json'), '{ "timeouts": 5 }');
  const broken = await mcpctlJson(['doctor', '--only', 'manifest'], machine);

  expect(timed.document.data.findings.map(({ code }: { code: string }) => code)).toContain('SERVER_SILENT');
  expect(broken.document).toMatchObject({ ok: true });
  expect(broken.stderr).toContain('config.json:1:15');
});

test('settings that were judged once are judged anew when they change, and a damaged cache does no harm', async () => {
  const machine = await machineWith({ clients: ['cursor'] });
  const file = join(machine.home, '.config/mcpctl/config.json');
  const clients = async (): Promise<string[]> => {
    const { document } = await mcpctlJson(['clients'], machine);
    return document.data?.clients.map(({ id }: { id: string }) => id) ?? [document.error?.code];
  };
  const cached = async (): Promise<string[]> => {
    const folder = join(machine.home, '.cache/mcpctl/settings');
    return (await readdir(folder)).map((name) => join(folder, name));
  };

  const first = await clients();
  const [kept = ''] = await cached();
  const text = await readFile(kept, 'utf8');
  // What is kept is what counts, as long as the file is the same.
  await writeFile(kept, text.replace('"cursor"', '"claude-code"'));
  const again = await clients();
  await writeFile(kept, '{');
  const afterDamage = await clients();
  await put(file, JSON.stringify({ clients: ['claude-code', 'cursor'] }));
  const afterChange = await clients();
  await put(file, JSON.stringify({ clients: 7 }));
  const afterMistake = await clients();

  expect({ first, again, afterDamage, afterChange, afterMistake, files: (await cached()).length }).toEqual({
    first: ['cursor'],
    again: ['claude-code'],
    afterDamage: ['cursor'],
    afterChange: ['claude-code', 'cursor'],
    afterMistake: ['SETTINGS_INVALID'],
    files: 1,
  });
});
