import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/preflight/check.ts';
import { clock } from '../../src/preflight/checks/machine/clock.ts';
import { disk } from '../../src/preflight/checks/machine/disk.ts';
import { folders } from '../../src/preflight/checks/machine/folders.ts';
import { guiPath } from '../../src/preflight/checks/machine/gui-path.ts';
import { nodeOnPath } from '../../src/preflight/checks/machine/node-on-path.ts';
import { nodeVersion } from '../../src/preflight/checks/machine/node-version.ts';
import { npm } from '../../src/preflight/checks/machine/npm.ts';
import { registry } from '../../src/preflight/checks/machine/registry.ts';
import { uv } from '../../src/preflight/checks/machine/uv.ts';
import { type FakeMachine, fakeMachine, fakeSituation } from './fake-machine.ts';

const signal = new AbortController().signal;

async function run(check: Check, fake: FakeMachine, more?: Parameters<typeof fakeSituation>[1]) {
  const { findings } = await check.run(fakeSituation(fakeMachine(fake), more), signal);
  return findings;
}

const codes = async (...args: Parameters<typeof run>) =>
  (await run(...args)).map(({ code, severity }) => [code, severity]);

describe('node', () => {
  test('of the floor is fine, below it is an error', async () => {
    expect(await codes(nodeVersion, { nodeVersion: '20.19.0' })).toEqual([]);
    expect(await codes(nodeVersion, { nodeVersion: '20.18.9' })).toEqual([['NODE_TOO_OLD', 'error']]);
    expect(await codes(nodeVersion, { nodeVersion: '18.20.0' })).toEqual([['NODE_TOO_OLD', 'error']]);
  });

  test('in several versions is only mentioned, the first of them decides', async () => {
    const fake: FakeMachine = {
      env: { PATH: '/new/bin:/old/bin' },
      files: { '/new/bin/node': {}, '/old/bin/node': {} },
      execute: (path) => ({ stdout: path.startsWith('/new') ? 'v22.1.0\n' : 'v16.0.0\n' }),
    };

    expect(await codes(nodeOnPath, fake)).toEqual([['NODE_SEVERAL', 'info']]);
    expect(await codes(nodeOnPath, { ...fake, env: { PATH: '/old/bin:/new/bin' } })).toEqual([
      ['NODE_ON_PATH_TOO_OLD', 'warning'],
      ['NODE_SEVERAL', 'info'],
    ]);
  });
});

describe('PATH as desktop apps see it', () => {
  const servers = { thing: { command: 'npx', args: ['x'] } };

  test('lacks the folders of nvm on macOS', async () => {
    const fake: FakeMachine = {
      platform: 'darwin',
      home: '/Users/me',
      env: { PATH: '/Users/me/.nvm/versions/node/v22.1.0/bin:/usr/bin' },
      files: { '/Users/me/.nvm/versions/node/v22.1.0/bin/npx': {} },
    };

    const [found] = await run(guiPath, fake, { servers, clients: ['claude-desktop'] });
    expect(found).toMatchObject({ code: 'COMMAND_NOT_ON_GUI_PATH', subject: 'thing' });
    expect(found?.message).toContain('/Users/me/.nvm/versions/node/v22.1.0/bin/npx');
    expect(await run(guiPath, fake, { servers, clients: ['claude-code'] })).toEqual([]);
  });

  test('has what the system has', async () => {
    const files = { '/usr/bin/npx': {} };
    const desktop = { servers, clients: ['cursor'] };

    expect(await run(guiPath, { platform: 'darwin', env: { PATH: '/usr/bin' }, files }, desktop)).toEqual([]);
    expect(await run(guiPath, { platform: 'linux', env: { PATH: '/usr/bin' }, files }, desktop)).toEqual([]);
  });

  test('is that of the terminal on Windows', async () => {
    const fake: FakeMachine = {
      platform: 'win32',
      env: { Path: 'C:\\nvm' },
      files: { 'C:\\nvm\\npx.cmd': {} },
    };

    expect(await run(guiPath, fake, { servers, clients: ['claude-desktop'] })).toEqual([]);
  });
});

describe('programs', () => {
  test('are found by PATHEXT on Windows', async () => {
    const env = { Path: 'C:\\nodejs', PATHEXT: '.COM;.EXE;.CMD' };
    const files = {
      'C:\\nodejs\\npm.cmd': {},
      'C:\\nodejs/node_modules/npm/package.json': { text: '{"name": "npm", "version": "10.9.0"}' },
    };

    expect(await codes(npm, { platform: 'win32', env, files: {} })).toEqual([['NPM_MISSING', 'error']]);
    expect(
      await codes(npm, { platform: 'win32', env, files, execute: () => ({ stdout: '10.9.0' }) }),
    ).toEqual([]);
  });

  test('are installed by the command of the platform', async () => {
    const command = async (platform: NodeJS.Platform) => (await run(uv, { platform }))[0]?.fix?.command;

    expect(await command('darwin')).toBe('brew install uv');
    expect(await command('win32')).toContain('winget install');
    expect(await command('linux')).toContain('curl');
  });
});

describe('the disk', () => {
  const MB = 1024 * 1024;

  test.each([
    [49 * MB, [['DISK_FULL', 'error']]],
    [51 * MB, [['DISK_LOW', 'warning']]],
    [501 * MB, []],
  ])('with %d bytes left', async (freeBytes, expected) => {
    expect(await codes(disk, { freeBytes })).toEqual(expected);
  });
});

describe('own folders', () => {
  test('that belong to root are named once, with the command that gives them back', async () => {
    const files = { '/home/me/.local/state/mcpctl': { kind: 'folder', owner: 0, mode: 0o700 } as const };

    const found = await run(folders, { files });
    expect(found.map(({ code }) => code)).toEqual(['FOLDER_OWNED_BY_ANOTHER']);
    expect(found[0]?.fix?.command).toContain('chown -R');
    expect(await run(folders, { files, userId: 0 })).toEqual([]);
  });

  test('on a read-only file system', async () => {
    expect(await codes(folders, { unwritable: ['/home/me'] })).toEqual([['FOLDER_READ_ONLY', 'error']]);
  });

  test('have no permissions of others to judge on Windows', async () => {
    const files = {
      'C:\\Users\\me\\AppData\\Local\\mcpctl\\state': { kind: 'folder', mode: 0o777 } as const,
    };

    expect(await codes(folders, { platform: 'win32', files })).toEqual([]);
  });
});

describe('the registry and the clock', () => {
  test.each([
    ['dns', 'REGISTRY_DNS'],
    ['tcp', 'REGISTRY_REFUSED'],
    ['proxy', 'REGISTRY_PROXY'],
    ['tls', 'REGISTRY_TLS'],
    ['timeout', 'REGISTRY_TIMEOUT'],
  ] as const)('fails at %s', async (stage, code) => {
    const answer = { ok: false, stage, code: 'E', message: 'no' } as const;

    expect(await codes(registry, { answer })).toEqual([[code, 'error']]);
    expect(await codes(clock, { answer })).toEqual([]);
  });

  test('answers with a date near enough, or too far', async () => {
    const at = (date: string) => ({ answer: { ok: true, status: 200, date: new Date(date) } }) as const;

    expect(await codes(clock, at('2026-01-02T03:04:45Z'))).toEqual([]);
    expect(await codes(clock, at('2026-01-02T03:06:45Z'))).toEqual([['CLOCK_SKEW', 'warning']]);
    expect(await codes(clock, at('2026-01-01T03:04:05Z'))).toEqual([['CLOCK_SKEW', 'warning']]);
  });
});
