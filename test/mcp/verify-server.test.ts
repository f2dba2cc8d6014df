import { expect, test } from 'vitest';
import type { ServerTarget } from '../../src/mcp/transport.ts';
import { type Verified, type VerifyOptions, verifyServer } from '../../src/mcp/verify-server.ts';
import { freePort } from '../support/free-port.ts';
import { startEverything } from '../support/http-servers.ts';
import { EVERYTHING, fixtureTarget } from '../support/servers.ts';

const client = { name: 'test', version: '0.0.0' };

function verify(
  target: ServerTarget,
  more: Partial<Pick<VerifyOptions, 'firstCall' | 'redact' | 'timeoutMs'>> = {},
): Promise<Verified> {
  return verifyServer({
    server: 'subject',
    target,
    platform: process.platform,
    env: {},
    client,
    cwd: '/tmp',
    ...more,
  });
}

test('starts server-everything once, lists its tools and tries a call', async () => {
  const target = { kind: 'stdio', command: process.execPath, args: [EVERYTHING, 'stdio'], env: {} } as const;
  const verified = await verify(target, { firstCall: { tool: 'echo', arguments: { message: 'hi' } } });

  expect(verified).toMatchObject({ era: 'legacy', protocolVersion: '2025-11-25', junkLines: 0 });
  expect(verified.tools.map(({ name }) => name)).toContain('get-sum');
  expect(verified.hash).toMatch(/^[0-9a-f]{64}$/);
  expect(verified.firstCall).toMatchObject({ tool: 'echo', isError: false });
});

test('speaks to a server of the modern era without starting it twice', async () => {
  const firstCall = { tool: 'echo', arguments: { message: 'hi' } };
  const verified = await verify(fixtureTarget('modern'), { firstCall });

  expect(verified).toMatchObject({ era: 'modern', protocolVersion: '2026-07-28' });
  expect(verified.serverInfo).toEqual({ name: 'modern', version: '1.0.0' });
  expect(verified.firstCall?.result.content).toEqual([{ type: 'text', text: 'hi' }]);
});

test('counts lines of junk and goes on', async () => {
  expect(await verify(fixtureTarget('junk'))).toMatchObject({ junkLines: 2 });
});

test('quotes what a server said before it ended, without secrets', async () => {
  const redact = (text: string): string => text.replaceAll('hunter2-secret', '***');

  await expect(verify(fixtureTarget('exits'), { redact })).rejects.toMatchObject({
    code: 'SERVER_EXITED',
    message: 'The server subject exited with status 3. It said: Error: FIXTURE_TOKEN is not set (got ***)',
    data: { status: 3 },
  });
});

test.each([
  ['silent', 'SERVER_TIMEOUT'],
  ['not-a-server', 'SERVER_JUNK'],
])('gives up on %s in time', async (name, code) => {
  await expect(verify(fixtureTarget(name), { timeoutMs: 700 })).rejects.toMatchObject({ code });
});

test('names a server without tools', async () => {
  await expect(verify(fixtureTarget('no-tools'))).rejects.toMatchObject({
    code: 'SERVER_NO_TOOLS',
    message: 'subject starts but lists no tools. It offers prompts only.',
  });
});

test.each([
  [
    { command: 'no-such-program-here', cwd: undefined },
    'There is no program "no-such-program-here" on the PATH.',
  ],
  [
    { command: process.execPath, cwd: '/no/such' },
    `The folder /no/such, where ${process.execPath} is to run, is missing.`,
  ],
])('says why a program could not be started', async ({ command, cwd }, message) => {
  const target = { kind: 'stdio', command, args: [], env: {}, ...(cwd && { cwd }) } as const;

  await expect(verify(target)).rejects.toMatchObject({ code: 'SERVER_NOT_STARTED', message });
});

test.each([
  ['streamableHttp', '/mcp', undefined],
  ['sse', '/sse', undefined],
  ['sse', '/sse', 'sse'],
] as const)('finds the transport of server-everything %s at %s', async (mode, path, transport) => {
  const origin = await startEverything(mode);
  const target = {
    kind: 'remote',
    url: `${origin}${path}`,
    headers: {},
    ...(transport && { transport }),
  } as const;
  const verified = await verify(target, { firstCall: { tool: 'echo', arguments: { message: 'hi' } } });

  expect(verified).toMatchObject({ era: 'legacy', protocolVersion: '2025-11-25' });
  expect(verified.firstCall?.result.content).toEqual([{ type: 'text', text: 'Echo: hi' }]);
});

test('says that nothing listens at a URL', async () => {
  const target = { kind: 'remote', url: `http://127.0.0.1:${await freePort()}/mcp`, headers: {} } as const;

  await expect(verify(target)).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
    message: expect.stringContaining('nothing listens there'),
  });
});
