import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openBrowser } from '../../src/platform/browser.ts';
import { temporaryFolder } from '../support/cli.ts';

const ADDRESS =
  'https://issuer.example/authorize?client_id=a&state=b%20c&redirect_uri=http%3A%2F%2F127.0.0.1';

/** Programs that write down how they were started and end with a status. */
async function recorders(programs: Readonly<Record<string, number>>) {
  const folder = await temporaryFolder();
  const record = join(folder, 'record');
  for (const [name, status] of Object.entries(programs)) {
    const path = `${folder}/${name}`;
    await mkdir(dirname(path), { recursive: true });
    const script = `#!/bin/sh\n{ printf '%s\\0' '${name}' "$@"; printf '\\n'; } >> '${record}'\nenv > '${record}.env'\nexit ${status}\n`;
    await writeFile(path, script);
    await chmod(path, 0o755);
  }
  const lines = async () => (await readFile(record, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  return {
    folder,
    /** Programs and arguments in the order they were started. */
    started: async () => (await lines()).map((line) => line.split('\0').slice(0, -1)),
    environment: () => readFile(`${record}.env`, 'utf8'),
    path: { PATH: `${folder}:/usr/bin:/bin` },
  };
}

const open = (
  env: Record<string, string>,
  platform: NodeJS.Platform = 'linux',
  address = ADDRESS,
): Promise<boolean> => openBrowser(new URL(address), { env, platform });

const DISPLAY = { DISPLAY: ':0' };
const WSL = { WSL_DISTRO_NAME: 'Debian' };

test.for([
  ['linux', 'linux', DISPLAY, [['xdg-open', ADDRESS]]],
  ['linux on Wayland', 'linux', { WAYLAND_DISPLAY: 'wayland-0' }, [['xdg-open', ADDRESS]]],
  ['linux inside Windows', 'linux', { ...WSL, ...DISPLAY }, [['wslview', ADDRESS]]],
  ['macOS', 'darwin', {}, [['open', ADDRESS]]],
] as const)('%s opens the address as one argument', async ([, platform, env, expected]) => {
  const { path, started } = await recorders({ 'xdg-open': 0, wslview: 0, open: 0 });

  expect(await open({ ...path, ...env }, platform)).toBe(true);

  expect(await started()).toEqual(expected);
});

test('Windows takes rundll32 of the system folder, whatever lies on the PATH', async () => {
  const { folder, path, started } = await recorders({ 'system\\System32\\rundll32.exe': 0, rundll32: 0 });

  expect(await open({ ...path, SystemRoot: join(folder, 'system') }, 'win32')).toBe(true);

  expect(await started()).toEqual([
    ['system\\System32\\rundll32.exe', 'url.dll,FileProtocolHandler', ADDRESS],
  ]);
});

test('the next program is tried when one is missing or fails', async () => {
  const missing = await recorders({ 'xdg-open': 0 });
  expect(await open({ ...missing.path, ...WSL, ...DISPLAY })).toBe(true);
  expect(await missing.started()).toEqual([['xdg-open', ADDRESS]]);

  const failing = await recorders({ wslview: 1, 'xdg-open': 0 });
  expect(await open({ ...failing.path, ...WSL, ...DISPLAY })).toBe(true);
  expect(await failing.started()).toEqual([
    ['wslview', ADDRESS],
    ['xdg-open', ADDRESS],
  ]);
});

test('false when nothing could open it', async () => {
  const { path, folder } = await recorders({ 'xdg-open': 3 });
  expect(await open({ ...path, ...DISPLAY })).toBe(false);
  expect(await open({ PATH: join(folder, 'nowhere'), ...DISPLAY })).toBe(false);
  expect(await open({ PATH: folder, BROWSER: 'no-such-browser' })).toBe(false);
  await chmod(join(folder, 'xdg-open'), 0o644);
  expect(await open({ PATH: folder, ...DISPLAY })).toBe(false);
  expect(await open({ PATH: folder, BROWSER: 'nul\0byte' })).toBe(false);
});

test('without a display no text browser is started behind the back', async () => {
  const { path, started } = await recorders({ 'xdg-open': 0 });

  expect(await open(path)).toBe(false);

  expect(await started()).toEqual([]);
});

test('a browser that stays open counts as opened, and outlives the wait', async () => {
  const { folder, path } = await recorders({});
  const done = join(folder, 'done');
  const script = join(folder, 'slow-browser');
  await writeFile(script, `#!/bin/sh\nsleep 2\ntouch '${done}'\nexit 1\n`, { mode: 0o755 });

  expect(await open({ ...path, BROWSER: script })).toBe(true);

  await vi.waitFor(() => readFile(done), { timeout: 60_000 });
});

test('nothing is started once the command was stopped', async () => {
  const { path, started } = await recorders({ 'xdg-open': 0 });
  const options = { env: { ...path, ...DISPLAY }, platform: 'linux', signal: AbortSignal.abort() } as const;

  expect(await openBrowser(new URL(ADDRESS), options)).toBe(false);

  expect(await started()).toEqual([]);
});

test.for([
  ['a name', 'mine', [['mine', ADDRESS]]],
  ['arguments', 'mine --new-window -P work', [['mine', '--new-window', '-P', 'work', ADDRESS]]],
  ['a place for the address', 'mine --url=%s --x', [['mine', `--url=${ADDRESS}`, '--x']]],
  ['an escaped percent', 'mine 100%% %s', [['mine', '100%', ADDRESS]]],
  ['quotes', `mine "a b" 'c "d"' e\\ f`, [['mine', 'a b', 'c "d"', 'e f', ADDRESS]]],
  [
    'nothing a shell would expand',
    'mine $HOME `id` $(id) *',
    [['mine', '$HOME', '`id`', '$(id)', '*', ADDRESS]],
  ],
  ['nothing a shell would chain', 'mine ; other', [['mine', ';', 'other', ADDRESS]]],
  [
    'a list',
    'missing:fails:mine:other',
    [
      ['fails', ADDRESS],
      ['mine', ADDRESS],
    ],
  ],
  ['empty entries', ':mine:', [['mine', ADDRESS]]],
  ['FOLDER, a path with spaces', 'FOLDER/My Browser', [['My Browser', ADDRESS]]],
  ['FOLDER, a quoted path with spaces', '"FOLDER/My Browser" -x', [['My Browser', '-x', ADDRESS]]],
] as const)('$BROWSER may hold %s', async ([, value, expected]) => {
  const programs = { mine: 0, other: 0, fails: 1, 'My Browser': 0, 'xdg-open': 0 };
  const { folder, path, started } = await recorders(programs);

  expect(await open({ ...path, ...DISPLAY, BROWSER: value.replace('FOLDER', folder) })).toBe(true);

  expect(await started()).toEqual(expected);
});

test('$BROWSER is the only one tried', async () => {
  const { path, started } = await recorders({ mine: 1, 'xdg-open': 0 });

  expect(await open({ ...path, ...DISPLAY, BROWSER: 'mine' })).toBe(false);

  expect(await started()).toEqual([['mine', ADDRESS]]);
});

test('on Windows $BROWSER may hold a drive', async () => {
  const { folder, path, started } = await recorders({ 'C:\\Apps\\b.exe': 0 });
  const value = `"${folder}/C:\\Apps\\b.exe" --one`;

  expect(await open({ ...path, BROWSER: value }, 'win32')).toBe(true);

  expect(await started()).toEqual([['C:\\Apps\\b.exe', '--one', ADDRESS]]);
});

test.for([
  ['a script', 'javascript:alert(1)'],
  ['a file', 'file:///etc/passwd'],
  ['data', 'data:text/html,x'],
  ['a program of the system', 'ms-settings:privacy'],
  ['a program of the user', 'vscode://x'],
  ['another protocol', 'ftp://issuer.example/'],
  ['an unencrypted page', 'http://evil.example/'],
  ['a host that begins like this machine', 'http://127.0.0.1.evil.example/'],
  ['a host that begins with localhost', 'http://localhost.evil.example/'],
  ['a user', 'https://user@issuer.example/'],
  ['a password', 'https://user:password@issuer.example/'],
  ['a command in the host', 'https://$(calc)/'],
  ['backticks in the host', 'https://`calc`/'],
  ['a quote in the host', "https://a'b/"],
  ['100 kB', `https://issuer.example/?${'x'.repeat(100_000)}`],
] as const)('%s is never given to a program', async ([, address]) => {
  const { path, started } = await recorders({ 'xdg-open': 0 });

  expect(await open({ ...path, ...DISPLAY }, 'linux', address)).toBe(false);

  expect(await started()).toEqual([]);
});

test.for([
  ['https://issuer.example/$(calc)?a=$(calc)', 'https://issuer.example/%24%28calc%29?a=%24%28calc%29'],
  ['https://issuer.example/?a=`id`&b="x"', 'https://issuer.example/?a=%60id%60&b=%22x%22'],
  ["https://issuer.example/?a='|b;c", 'https://issuer.example/?a=%27%7Cb;c'],
  ['https://issuer.example/?a=1\n-flag', 'https://issuer.example/?a=1-flag'],
  [' \thttps://issuer.example/ ', 'https://issuer.example/'],
  ['https://issuer.example/\u0000\u001b[31m', 'https://issuer.example/%00%1B[31m'],
  ['https://müller.example/ü?ü', 'https://xn--mller-kva.example/%C3%BC?%C3%BC'],
  ['HTTPS:\\\\issuer.example\\a', 'https://issuer.example/a'],
  ['http://localhost:8080/authorize', 'http://localhost:8080/authorize'],
  ['http://[::1]:8080/authorize', 'http://[::1]:8080/authorize'],
] as const)('%s is written anew, with nothing a shell knows', async ([address, expected]) => {
  const { path, started } = await recorders({ 'xdg-open': 0 });

  expect(await open({ ...path, ...DISPLAY }, 'linux', address)).toBe(true);

  expect(await started()).toEqual([['xdg-open', expected]]);
});

test('the browser gets our environment without our own variables', async () => {
  const { path, environment } = await recorders({ 'xdg-open': 0 });

  await open({ ...path, ...DISPLAY, LANG: 'C', MCPCTL_PASSPHRASE: 'canary', mcpctl_token: 'canary' });

  expect(await environment()).toContain('LANG=C\n');
  expect(await environment()).not.toContain('canary');
});
