import { expect, test } from 'vitest';
import { launchOf } from '../../src/servers/launch.ts';

const here = { name: 'x', paths: { servers: '/none' }, node: '/node', platform: 'linux' as const };
const lockedNpm = {
  source: { type: 'npm' as const, package: 'pkg', version: '1.0.0', integrity: 'sha512-AA==', bin: 'pkg' },
  lockedAt: '2026-01-01T00:00:00.000Z',
};

test('starts a hand-written entry as it stands, with a remark', () => {
  const entry = { command: 'npx', args: ['-y', 'pkg'], env: { KEY: '${KEY}' }, cwd: '/work' };

  expect(launchOf({ ...here, entry })).toEqual({
    kind: 'stdio',
    ...entry,
    locked: false,
    notes: [expect.stringContaining('not locked')],
  });
});

test('follows the manifest where it names another version than the lock', () => {
  const found = launchOf({
    ...here,
    entry: { command: 'npx', args: ['-y', 'pkg@2.0.0'] },
    lockEntry: lockedNpm,
  });

  expect(found).toMatchObject({
    command: 'npx',
    locked: false,
    notes: [expect.stringContaining('another version')],
  });
});

test('refuses to fetch a locked server through npx when it is not installed on this machine', () => {
  const entry = { command: 'npx', args: ['-y', 'pkg@1.0.0'] };

  expect(() => launchOf({ ...here, entry, lockEntry: lockedNpm })).toThrow(
    expect.objectContaining({ code: 'SERVER_NOT_INSTALLED', hint: 'mcpctl sync' }),
  );
});

test('starts a uvx entry pinned as locked without remarks', () => {
  const found = launchOf({
    ...here,
    entry: { command: 'uvx', args: ['mcp-server-time==1.0.0', '--utc'] },
    lockEntry: { ...lockedNpm, source: { type: 'pypi', package: 'mcp-server-time', version: '1.0.0' } },
  });

  expect(found).toMatchObject({ command: 'uvx', locked: true, notes: [] });
});

test('takes a remote entry with its headers unresolved', () => {
  const entry = {
    type: 'sse' as const,
    url: 'https://a.example/sse',
    headers: { Authorization: 'Bearer ${T}' },
  };

  expect(launchOf({ ...here, entry })).toEqual({
    kind: 'remote',
    url: entry.url,
    headers: entry.headers,
    transport: 'sse',
    notes: [],
  });
});
