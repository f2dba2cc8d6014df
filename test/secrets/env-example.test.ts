import { expect, test } from 'vitest';
import { extendExample } from '../../src/secrets/env-example.ts';
import { needsOf } from '../../src/secrets/needs.ts';

const servers = [
  { name: 'linear', entry: { url: 'https://x/mcp', headers: { Authorization: 'Bearer ${LINEAR_API_KEY}' } } },
  {
    name: 'postgres',
    entry: {
      command: 'npx',
      args: ['-y', 'pg', '--level=${LOG_LEVEL:-info}'],
      env: { URL: '${DATABASE_URL}', PASSWORD: '${keychain:pg-password}', X: '${op:vault/item/field}' },
    },
  },
  { name: 'github', entry: { command: 'gh-mcp', env: { LEVEL: '${LOG_LEVEL}' } } },
];

test('finds every name in every part of an entry, with who needs it', () => {
  const ofUser = { required: true, fromProject: false };
  expect(needsOf(servers)).toEqual([
    { name: 'LINEAR_API_KEY', servers: ['linear'], ...ofUser, fromEnvironment: true },
    { name: 'LOG_LEVEL', servers: ['postgres', 'github'], ...ofUser, fromEnvironment: true },
    { name: 'DATABASE_URL', servers: ['postgres'], ...ofUser, fromEnvironment: true },
    { name: 'pg-password', servers: ['postgres'], ...ofUser, fromEnvironment: false },
  ]);
});

test('prints names with what is known about them and never a value', () => {
  const notes = new Map([['LINEAR_API_KEY', { description: 'Personal key', where: 'Settings,\n API' }]]);

  const { text, added } = extendExample('', needsOf(servers.slice(0, 2)), notes);

  expect(added).toEqual(['LINEAR_API_KEY', 'LOG_LEVEL', 'DATABASE_URL']);
  expect(text).toContain('# linear: Personal key\n# Get it: Settings, API\nLINEAR_API_KEY=\n');
  expect(text).toContain('# postgres (optional)\n# LOG_LEVEL=\n');
  expect(text).not.toContain('info');
});

test('keeps what people wrote and adds only what they did not mention', () => {
  const mine = '# mine\nDATABASE_URL=postgres://localhost/dev\n#LOG_LEVEL=debug';

  const { text, added } = extendExample(mine, needsOf(servers));

  expect(added).toEqual(['LINEAR_API_KEY']);
  expect(text.startsWith(`${mine}\n`)).toBe(true);
  expect(extendExample(text, needsOf(servers))).toEqual({ text, added: [] });
});
