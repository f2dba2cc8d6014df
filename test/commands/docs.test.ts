import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../support/cli.ts';
import { HOSTILE_TEXTS } from '../support/documentation.ts';
import { EVERYTHING, fixtureEntry, fixturePath, writeManifest } from '../support/servers.ts';

const TOKEN = 'token-that-nobody-should-see-7193';

/** A home whose manifest has `notes`, with a token from the environment. */
async function homeWithNotes(env: Record<string, string> = {}): Promise<Home> {
  const home = await emptyHome({ NOTES_TOKEN: TOKEN });
  await writeManifest(home.home, { notes: fixtureEntry('documented', { TOKEN: '${NOTES_TOKEN}', ...env }) });
  return home;
}

test('describes tools, parameters, answers, resources, prompts, and a call that was made', async () => {
  const home = await homeWithNotes();

  const { status, stdout, stderr } = await mcpctl(['docs', 'notes'], home);

  expect(status, stderr).toBe(0);
  for (const line of [
    '# fixture',
    '| offers | 3 tools, 1 resource, 1 resource template, 1 prompt |',
    '| [`find`](#find) | reads | Find entries |',
    '| [`drop`](#drop) | may destroy | The drop tool. |',
    'Finds entries.',
    '\\- titles\\',
    'Only reads. Stays within the server.',
    '| `query` | string | required | What to look for. Characters, at least `2`. Pattern: ``^[a-z\\|`]+$``. For example `moon`. |',
    '| `limit` | integer |  | Default: `10`. At least `1`. At most `50`. |',
    '| `until` | string or null |  |  |',
    '| `filters[].field` | string | required | Name of the field. |',
    '| `at` | string | required | Format: `date-time`. |',
    'mcpctl call notes find query=moon',
    '  "called": "find",',
    '  "home": "~/notes",',
    '  "token": "•••"',
    '| `notes://all` | all | `text/plain` | Every note. |',
    '| `notes://{id}` | one |  |  |',
    '### `summarise`',
    '| `length` | required | In words. |',
  ])
    expect(stdout).toContain(`${line}\n`);
  expect(stdout).not.toContain(TOKEN);
  expect(stdout).not.toContain('"called": "ask_outside"');
  expect(stdout).not.toContain('"called": "drop"');
});

const PROJECT_TESTS = `examples:
  - { name: everything about stars, tool: find, arguments: { query: stars }, expect: { contains: stars } }
  - { name: everything about the moon, tool: find, arguments: { query: moon } }
  - { name: too short, tool: find, arguments: { query: x }, expect: { isError: true } }
  - { name: an entry goes, tool: drop, arguments: { id: "7" } }
`;

test('makes the calls a project tests itself with, and those that change something only when told to', async () => {
  const home = await emptyHome();
  const folder = join(home.home, 'desk');
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'desk', bin: 'server.mjs' }));
  await writeFile(join(folder, 'server.mjs'), `import ${JSON.stringify(fixturePath('documented'))};\n`);
  await writeFile(join(folder, 'mcp-tests.yaml'), PROJECT_TESTS);

  const safe = await mcpctl(['docs', './desk'], home);
  expect(safe.stdout, safe.stderr).toMatch(
    /Examples\n\neverything about stars:\n\n```sh\nmcpctl call desk find query=stars\n/,
  );
  expect(safe.stdout).toMatch(/everything about the moon:\n\n```sh\nmcpctl call desk find query=moon\n/);
  expect(safe.stdout.match(/"called": "find"/g)).toHaveLength(2);
  expect(safe.stdout).not.toMatch(/too short|an entry goes|"called": "drop"/);

  const declared = await mcpctl(['docs', './desk', '--examples', 'declared'], home);
  expect(declared.stdout, declared.stderr).toContain('an entry goes:');
  expect(declared.stdout).toContain('"called": "drop"');
});

test('a broken file of declared calls is named with its line', async () => {
  const home = await emptyHome();
  await writeFile(join(home.home, 'package.json'), JSON.stringify({ name: 'desk', bin: 'server.mjs' }));
  await writeFile(join(home.home, 'server.mjs'), `import ${JSON.stringify(fixturePath('documented'))};\n`);
  await writeFile(join(home.home, 'mcp-tests.yaml'), 'examples:\n  - { name: a, tol: find }\n');

  const { document } = await mcpctlJson(['docs', '.'], home);

  expect(document.error).toMatchObject({
    code: 'EXAMPLES_INVALID',
    message: expect.stringContaining('mcp-tests.yaml:2:'),
  });
});

test('shows each client how it would have the server, without what belongs to this machine', async () => {
  const home = await emptyHome();
  const entry = {
    command: '/home/ada/.nvm/bin/node',
    args: [fixturePath('documented'), '--key', 'q8Zr2LxV0mNw7TbYc5Ks'],
    env: { TOKEN: '${NOTES_TOKEN:-x}', MODE: 'my-own-mode-of-working' },
  };
  await writeManifest(home.home, { notes: { ...entry, command: process.execPath } });

  const { stdout } = await mcpctl(['docs', 'notes', '--examples', 'none'], home);

  const install = stdout.slice(stdout.indexOf('## Install'), stdout.indexOf('## Tools'));
  expect(install).toMatch(/\*\*.*Claude Desktop.*\*\*; put your own values where `<…>` stands/);
  expect(install).toMatch(/\*\*.*Claude Code.*\*\*\n/);
  expect(install).toContain('"mcpServers": {');
  expect(install).toContain('[mcp_servers.notes]');
  expect(install).toContain('/absolute/path/to/fixtures/servers/documented.mjs');
  expect(install).toContain('"MODE": "${MODE}"');
  expect(install).toContain('"<value>"');
  for (const own of ['my-own-mode', 'q8Zr2', process.execPath, home.home]) expect(install).not.toContain(own);
});

test('--check fails when a description changed, shows what, and does not mind another answer', async () => {
  const home = await homeWithNotes({ WORDING: 'Finds entries.' });
  const args = ['docs', 'notes', '--out', 'API.md'];
  const written = await mcpctl(args, home);
  expect(written.stdout).toContain('wrote API.md');
  const file = join(home.home, 'API.md');
  const first = await readFile(file, 'utf8');

  const same = await mcpctl([...args, '--check'], home);
  expect([same.status, same.stdout]).toEqual([0, '✓ API.md says what the server says\n']);
  const again = await mcpctl(args, home);
  expect(again.stdout).toContain('was up to date');
  expect(await readFile(file, 'utf8')).toBe(first);

  await writeManifest(home.home, {
    notes: fixtureEntry('documented', { TOKEN: '${NOTES_TOKEN}', WORDING: 'Looks entries up.' }),
  });
  const stale = await mcpctl([...args, '--check'], home);
  expect(stale.status).toBe(1);
  expect(stale.stdout).toMatch(/^-Finds entries\.$/m);
  expect(stale.stdout).toMatch(/^\+Looks entries up\.$/m);
  expect(stale.stdout).not.toContain('"at"');
  expect(await readFile(file, 'utf8')).toBe(first);
  const { document } = await mcpctlJson([...args, '--check'], home);
  expect(document.data).toMatchObject({ stale: [{ path: file, kind: 'update' }] });
});

test('writes one HTML file, and checks it', async () => {
  const home = await homeWithNotes();
  const args = ['docs', 'notes', '--html', '--out', 'site/api.html'];

  expect((await mcpctl(args, home)).status).toBe(0);
  const html = await readFile(join(home.home, 'site/api.html'), 'utf8');
  expect(html).toMatch(/^<!doctype html>/);
  expect(html).not.toMatch(/<script|src=|href="(?!#)/);
  expect((await mcpctl([...args, '--check'], home)).status).toBe(0);
});

test('--all writes a guide for each tool of each server, and takes away those of tools that are gone', async () => {
  const home = await homeWithNotes();
  await writeManifest(home.home, {
    notes: fixtureEntry('documented', { TOKEN: '${NOTES_TOKEN}' }),
    everything: { command: process.execPath, args: [EVERYTHING] },
    broken: fixtureEntry('exits'),
    off: { ...fixtureEntry('documented'), disabled: true },
  });
  const folder = join(home.home, '.claude/mcp');
  await mkdir(join(folder, 'notes'), { recursive: true });
  await writeFile(join(folder, 'notes/mine.md'), '# My own notes\n');

  const all = await mcpctl(['docs', '--all', '--out', '.claude/mcp'], home);

  expect(all.status).toBe(5);
  expect(all.stdout).toContain('✗ broken');
  expect((await readdir(folder)).sort()).toEqual(['README.md', 'everything', 'notes']);
  expect((await readdir(join(folder, 'notes'))).sort()).toEqual([
    'README.md',
    'ask_outside.md',
    'drop.md',
    'find.md',
    'mine.md',
  ]);
  const guide = await readFile(join(folder, 'notes/find.md'), 'utf8');
  expect(guide).toMatch(/^<!-- Made by mcpctl docs/);
  expect(guide).toContain('| `query` | string | required |');
  // Answers may hold what is private, and guides are kept in git.
  expect(guide).not.toContain('It answers');

  await writeManifest(home.home, { notes: fixtureEntry('documented', { HOSTILE: 'renamed' }) });
  await mcpctl(['docs', '--all', '--out', '.claude/mcp'], home);
  expect((await readdir(join(folder, 'notes'))).sort()).toEqual([
    'README.md',
    'ask_outside.md',
    'find.md',
    'mine.md',
    'renamed.md',
  ]);
  expect(await readdir(folder)).toContain('everything');
});

test('a server that writes whatever it likes gets no further than its text', async () => {
  const hostile = HOSTILE_TEXTS.filter((text) => !text.includes('\0')).join('\n');
  const home = await homeWithNotes({ HOSTILE: hostile });

  const markdown = await mcpctl(['docs', 'notes'], home);
  const html = await mcpctl(['docs', 'notes', '--html'], home);

  expect(markdown.status, markdown.stderr).toBe(0);
  expect(markdown.stdout).not.toMatch(/[\u202a-\u202e\u0007\u001b\u{e0000}-\u{e007f}]/u);
  expect(html.stdout).not.toMatch(/<script|<img|<svg|<h1>Owned/);
});

test.each([
  [['docs', '--check', 'notes'], 'USAGE', '--out'],
  [['docs', '--all'], 'USAGE', '--out .claude/mcp'],
  [['docs', '--all', 'notes', '--out', 'x'], 'USAGE', '--all'],
  [['docs', '--all', '--html', '--out', 'x'], 'USAGE', '--html'],
  [['docs', 'nobody'], 'SERVER_UNKNOWN', 'mcpctl'],
  [['docs'], 'NOT_A_SERVER', ''],
])('%j is refused', async (args, code, hint) => {
  const home = await homeWithNotes();

  const { document, status } = await mcpctlJson(args, home);

  expect(status).not.toBe(0);
  expect(document.error).toMatchObject({ code, hint: expect.stringContaining(hint) });
});
