import { expect, test } from 'vitest';
import type { ServerMetadata } from '../../../src/auth/credential.ts';
import { extraScopes, judgeScopes, scopesToRequest } from '../../../src/auth/protocol/scopes.ts';

const server: ServerMetadata = { issuer: 'https://as.example', token_endpoint: 'https://as.example/token' };
const offline = { ...server, scopes_supported: ['read', 'offline_access'] };

test.each([
  ['nothing is known', {}, []],
  ['the challenge asks', { challenge: 'b a b', prm: ['x'] }, ['b', 'a']],
  ['the resource lists', { prm: ['a', 'b'] }, ['a', 'b']],
  ['the ceiling is lower', { challenge: 'a b', ceiling: ['b', 'c'] }, ['b']],
  ['the ceiling is lower than the list', { prm: ['a', 'b', 'billing'], ceiling: ['a'] }, ['a']],
  ['nobody lists what the ceiling has', { ceiling: ['a', 'b'] }, ['a', 'b']],
  ['the list has other names than the ceiling', { prm: ['x'], ceiling: ['a'] }, ['a']],
  ['more is asked than before', { challenge: 'c', previous: ['a', 'b'] }, ['a', 'b', 'c']],
  ['more is asked within the ceiling', { challenge: 'c', previous: ['a'], ceiling: ['a', 'c'] }, ['a', 'c']],
  [
    'the ceiling has come down since',
    { challenge: 'c', previous: ['a', 'b'], ceiling: ['a', 'c'] },
    ['a', 'c'],
  ],
])('requests the right scopes when %s', (_, question, scopes) => {
  expect(scopesToRequest({ server, ...question })).toEqual(scopes);
});

test.each([
  ['all that is needed', { challenge: 'admin', ceiling: ['read'] }, ['admin']],
  ['one thing more', { challenge: 'admin read', ceiling: ['read'], previous: ['read'] }, ['admin']],
])('refuses to go over the ceiling for %s', (_, question, scopes) => {
  expect(() => scopesToRequest({ server, ...question })).toThrow(
    expect.objectContaining({ code: 'SCOPE_REFUSED', data: { scopes, allowed: ['read'] } }),
  );
});

test('asks to stay signed in only where the server lists it, and only beside something', () => {
  expect(scopesToRequest({ server: offline, challenge: 'read' })).toEqual(['read', 'offline_access']);
  expect(scopesToRequest({ server: offline, prm: ['read'], ceiling: ['read'] })).toEqual([
    'read',
    'offline_access',
  ]);
  expect(scopesToRequest({ server: offline })).toEqual([]);
  expect(scopesToRequest({ server, challenge: 'read offline_access' })).toEqual(['read']);
  expect(scopesToRequest({ server, previous: ['read', 'offline_access'], challenge: 'write' })).toEqual([
    'read',
    'write',
  ]);
  expect(scopesToRequest({ server: offline, challenge: 'read offline_access', ceiling: ['read'] })).toEqual([
    'read',
    'offline_access',
  ]);
});

test.each([
  [
    'read',
    [
      'read',
      'issues:read',
      'read:jira-work',
      'openid',
      'profile',
      'email',
      'offline_access',
      'files.readonly',
    ],
  ],
  [
    'read',
    [
      'https://www.googleapis.com/auth/drive.readonly',
      'org:read',
      'User.Read',
      'read:me',
      'search:confluence',
    ],
  ],
  ['read', ['channels:history.read', 'view_items', 'user:email']],
  [
    'write',
    ['write', 'issues:write', 'repo', 'gist', 'mcp:tools', 'chat:send', 'read_write', 'files:rw', 'default'],
  ],
  [
    'write',
    [
      'https://www.googleapis.com/auth/drive',
      'Files.ReadWrite',
      'issues:create',
      'spreadsheets',
      'readwrite',
    ],
  ],
  [
    'admin',
    [
      'admin',
      'admin:org',
      'manage:jira-project',
      'delete_repo',
      'billing',
      'org:owner',
      '*',
      'Directory.ReadWrite.All.Admin',
    ],
  ],
  ['admin', ['members:write', 'security_events', 'project.secrets.write']],
])('takes for %s: %j', (access, scopes) => {
  expect(judgeScopes(scopes)).toEqual(scopes.map((scope) => ({ scope, access })));
});

test('shows what reaches farthest first', () => {
  expect(judgeScopes(['read', 'admin', 'write']).map(({ scope }) => scope)).toEqual([
    'admin',
    'write',
    'read',
  ]);
});

test('sees what was granted and not asked for', () => {
  expect(extraScopes(['read', 'admin'], ['read', 'write'])).toEqual(['admin']);
  expect(extraScopes(['read'], [])).toEqual([]);
});
