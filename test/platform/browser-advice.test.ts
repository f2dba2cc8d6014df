import { expect, test } from 'vitest';
import { browserAdvice } from '../../src/platform/browser-advice.ts';

const advise = (
  env: Record<string, string>,
  {
    platform = 'linux',
    files = [] as string[],
    port = 5123,
  }: Partial<{ platform: NodeJS.Platform; files: string[]; port: number }> = {},
) => browserAdvice({ env, platform, port, exists: (path) => files.includes(path) });

const DISPLAY = { DISPLAY: ':0' };
const SSH = { SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 22', USER: 'ada' };

test('says nothing where a browser can be opened', () => {
  expect(advise(DISPLAY)).toBeUndefined();
  expect(advise({ WAYLAND_DISPLAY: 'wayland-0' })).toBeUndefined();
  expect(
    advise({ WSL_DISTRO_NAME: 'Debian', PATH: '/bin:/usr/bin' }, { files: ['/usr/bin/wslview'] }),
  ).toBeUndefined();
  const opener = { files: ['/.dockerenv', '/usr/bin/xdg-open'] };
  expect(advise({ ...DISPLAY, PATH: '/bin:/usr/bin' }, opener)).toBeUndefined();
  expect(advise({ ...DISPLAY, PATH: '/usr/bin', WSL_INTEROP: '/run/x' }, opener)).toBeUndefined();
  expect(advise({}, { platform: 'darwin' })).toBeUndefined();
  expect(advise({}, { platform: 'win32' })).toBeUndefined();
  expect(advise({ ...DISPLAY, CI: 'false' })).toBeUndefined();
});

test('says nothing where $BROWSER is set: remote editors set it to the browser in front of the user', () => {
  expect(advise({ ...SSH, CI: 'true', BROWSER: 'helper' }, { files: ['/.dockerenv'] })).toBeUndefined();
});

test('over SSH it gives the line that forwards the port', () => {
  const advice = advise({ ...SSH, ...DISPLAY });

  expect(advice?.reason).toBe('ssh');
  expect(advice?.ways[0]).toContain('ssh -L 5123:127.0.0.1:5123 ada@192.0.2.1');
  expect(advise(SSH, { platform: 'darwin' })?.reason).toBe('ssh');
});

test.for([
  [{ SSH_CONNECTION: '192.0.2.7 50000 2001:db8::1 2222', USER: 'ada' }, '-p 2222 ada@2001:db8::1'],
  [{ SSH_TTY: '/dev/pts/1', USER: 'ada' }, 'ada@<this machine>'],
  [{ SSH_CONNECTION: 'a b $(id) 22;id', USER: 'x; id' }, '127.0.0.1:5123 <this machine>'],
] as const)('the line holds only what is known to be safe to type', ([env, expected]) => {
  expect(advise(env)?.ways[0]).toContain(expected);
});

test('without a port there is no line yet', () => {
  const advice = browserAdvice({ env: SSH, platform: 'linux', exists: () => false });

  expect(advice?.ways).toEqual([]);
});

test.for([
  ['ci', { CI: 'true' }, []],
  ['wsl', { WSL_DISTRO_NAME: 'Debian', ...DISPLAY, PATH: '/usr/bin' }, []],
  ['container', DISPLAY, ['/.dockerenv']],
  ['container', {}, ['/run/.containerenv']],
  ['no-display', {}, []],
] as const)('%s is a reason of its own', ([reason, env, files]) => {
  const advice = advise(env, { files: [...files] });

  expect(advice?.reason).toBe(reason);
  expect(advice?.why).toMatch(/\.$/);
});
