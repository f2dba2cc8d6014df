import { execFile, spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { MCPCTL, mcpctl, mcpctlJson, start } from '../../support/cli.ts';
import { freePort } from '../../support/free-port.ts';
import { gatewayHome, makeToken, startGateway, startGatewayIn } from '../../support/gateway.ts';
import { legacyClient, modernRequest } from '../../support/gateway-client.ts';
import { json, scriptedServer } from '../../support/http-servers.ts';
import { initialize, lineClient } from '../../support/line-client.ts';
import { sendRequest } from '../../support/loopback.ts';
import { realClient } from '../../support/real-client.ts';
import { EVERYTHING, fixtureEntry } from '../../support/servers.ts';
import { terminal } from '../../support/terminal.ts';

const servers = { echo: fixtureEntry('echo'), asks: fixtureEntry('asks') };

test('serves many servers on stdin and stdout, and nothing else there', async () => {
  const home = await gatewayHome({ servers });
  const client = lineClient(start(['gateway'], home));
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  client.send({ id: 1, method: 'tools/call', params: { name: 'echo__echo', arguments: { message: 'hi' } } });
  expect(JSON.parse(await client.answer(1)).result.content[0].text).toBe('hi');

  expect(await client.end()).toBe(0);
  for (const line of client.lines) expect(JSON.parse(line).jsonrpc).toBe('2.0');
});

test('one server keeps the names of its tools', async () => {
  const home = await gatewayHome({ servers });
  const client = lineClient(start(['gateway', '--server', 'echo'], home));
  client.send(initialize());
  await client.answer(0);
  client.send({ id: 1, method: 'tools/call', params: { name: 'echo', arguments: { message: 'hi' } } });

  expect(JSON.parse(await client.answer(1)).result.content[0].text).toBe('hi');
  expect(await client.end()).toBe(0);
});

test('refuses a server it does not know, and flags that need --http', async () => {
  const home = await gatewayHome({ servers });

  expect((await mcpctlJson(['gateway', '--server', 'nope'], home)).document.error?.code).toBe(
    'SERVER_UNKNOWN',
  );
  for (const flags of [['--port', '1'], ['--no-token'], ['--host', '::1']]) {
    expect((await mcpctlJson(['gateway', ...flags], home)).document.error?.code).toBe('USAGE');
  }
});

test('lets nobody in without a token, and nobody from other machines', async () => {
  const home = await gatewayHome({ servers });
  const http = async (...flags: string[]) =>
    await mcpctlJson(['gateway', '--http', '--port', '0', ...flags], home);

  expect(await http()).toMatchObject({ status: 4, document: { error: { code: 'GATEWAY_TOKEN_MISSING' } } });
  expect((await http('--no-token', '--host', '0.0.0.0')).document.error?.code).toBe('USAGE');
  expect((await mcpctlJson(['gateway', '--http', '--port', '99999'], home)).document.error?.code).toBe(
    'USAGE',
  );
  const warned = await startGatewayIn(home, ['--no-token']);
  expect(warned.stderr()).toContain('Without a token every program of this machine');
  expect((await modernRequest({ url: warned.url, method: 'server/discover' })).status).toBe(200);
  expect(await warned.stop()).toBe(0);
});

test('makes a token for whoever has none and says yes', async () => {
  const home = await gatewayHome({ servers });
  const variables = Object.entries(home.env).map(([name, value]) => `${name}='${value}'`);
  const words = [process.execPath, MCPCTL, 'gateway', '--http', '--port', '0', '--quiet'];
  const session = await terminal(
    home,
    `env -i TERM=screen ${variables.join(' ')} ${words.join(' ')}\nsleep 60\n`,
  );
  await session.shows('Make one?');
  await session.press('Enter');
  await session.shows('/mcp');

  const screen = await session.screen();
  const token = /mcpctl_[\w-]{43}/.exec(screen)?.[0] ?? '';
  const url = /http:\/\/\S+\/mcp/.exec(screen)?.[0] ?? '';
  expect((await modernRequest({ url, token, method: 'server/discover' })).status).toBe(200);
  await session.press('C-c');
});

test('says when the port is taken', async () => {
  const home = await gatewayHome({ servers });
  await makeToken(home, 'test');
  const port = String(await freePort());
  const first = await startGatewayIn(home, ['--port', port]);
  const second = await mcpctlJson(['gateway', '--http', '--port', port], home);

  expect(second).toMatchObject({ status: 1, document: { error: { code: 'PORT_BUSY' } } });
  expect(await first.stop()).toBe(0);
});

test('tells on stdout where it listens, and keeps no token in what it writes', async () => {
  const gateway = await startGateway({ servers, args: ['--json'] });
  expect(JSON.parse(gateway.stdout())).toMatchObject({ ok: true, data: { url: gateway.url, token: true } });
  const client = await legacyClient(gateway);
  await client.call('echo__echo', { message: 'hi' });
  const origin = new URL(gateway.url).origin;
  const metrics = await sendRequest(`${origin}/metrics`, bearer(gateway.token));
  expect(metrics.body).toContain('mcpctl_server="echo"');
  expect(await gateway.stop()).toBe(0);

  const written = [gateway.stdout(), gateway.stderr(), metrics.body, ...(await filesBelow(gateway.home))];
  expect(written.length).toBeGreaterThan(4);
  for (const text of written) expect(text).not.toContain(gateway.token.slice(7));
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')));
}

test("an upstream never sees the client's token", async () => {
  const upstream = await scriptedServer(({ body }, response) => {
    if (body?.id === undefined) return void response.writeHead(202).end();
    const { protocolVersion } = body.params ?? {};
    const results: Record<string, object> = {
      initialize: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } },
      'tools/list': { tools: [{ name: 'go', inputSchema: { type: 'object' } }] },
      'tools/call': { content: [] },
    };
    const result = results[body.method];
    json(response, {
      jsonrpc: '2.0',
      id: body.id,
      ...(result ? { result } : { error: { code: -32601, message: 'no' } }),
    });
  });
  const remote = { url: `${upstream.origin}/mcp`, headers: { 'X-Own': 'own' } };
  const gateway = await startGateway({ servers: { remote } });
  const client = await legacyClient(gateway);
  expect((await client.call('remote__go')).result).toEqual({ content: [] });
  const { url, token } = gateway;
  await modernRequest({ url, token, method: 'tools/call', params: { name: 'remote__go' } });

  expect(upstream.received.filter(({ body }) => body?.method === 'tools/call')).toHaveLength(2);
  for (const { headers, body } of upstream.received) {
    expect(headers.authorization).toBeUndefined();
    expect(JSON.stringify([headers, body])).not.toContain(token.slice(7));
  }
});

test('a revoked token is worthless where a gateway runs', async () => {
  const gateway = await startGateway({ servers, tokens: ['ada', 'bob'] });
  const { url, tokens } = gateway;
  for (const [name, token] of Object.entries(tokens)) {
    const client = await legacyClient({ url, token });
    await client.call('echo__echo', { message: name });
  }
  expect((await mcpctl(['gateway', 'token', '--revoke', 'ada'], gateway)).status).toBe(0);
  const status = async (token = ''): Promise<number> =>
    (await modernRequest({ url, token, method: 'tools/list' })).status;
  await expect.poll(() => status(tokens.ada), { timeout: 60_000 }).toBe(401);
  expect(await status(tokens.bob)).toBe(200);
  expect(await gateway.stop()).toBe(0);
});

test('a call under way is answered when the gateway is told to stop', async () => {
  const gateway = await startGateway({ servers });
  const client = await legacyClient(gateway);
  const call = client.call('asks__steps', { count: 5, every: 200 }, { headers: {} });
  const params = { name: 'asks__steps', arguments: { count: 2, every: 1 }, _meta: { progressToken: 'p' } };
  await client.request('tools/call', params);
  const ended = gateway.stop();

  expect((await call).result.content[0].text).toBe('done');
  expect(await ended).toBe(0);
});

test('a second signal ends it at once, and its servers with it', async () => {
  const gateway = await startGateway({ servers });
  const client = await legacyClient(gateway);
  client.call('asks__steps', { count: 1, every: 60_000 }).catch(() => {});
  const { url, token } = gateway;
  const busy = async (): Promise<string> =>
    (await sendRequest(new URL('/metrics', url).href, bearer(token))).body;
  await expect.poll(busy, { timeout: 60_000 }).toMatch(/mcpctl_server_up{mcpctl_server="asks"} 1/);
  const pids = childrenOf(gateway.pid);
  expect(pids.length).toBeGreaterThan(0);
  const ended = gateway.stop();
  await expect.poll(async () => (await sendRequest(new URL('/readyz', url).href)).status).toBe(503);
  gateway.child.kill('SIGTERM');
  await ended;

  expect(gateway.child.signalCode).toBe('SIGTERM');
  await expect.poll(() => pids.filter(isRunning), { timeout: 60_000 }).toEqual([]);
});

function bearer(token: string): { headers: Record<string, string> } {
  return { headers: { authorization: `Bearer ${token}` } };
}

function childrenOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return stdout.trim().split(/\s+/).filter(Boolean).map(Number);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('Claude Code connects over HTTP with a token', { timeout: 180_000 }, async () => {
  const everything = { command: process.execPath, args: [EVERYTHING, 'stdio'] };
  const gateway = await startGateway({ servers: { ...servers, everything } });
  const program = await realClient('claude-code');
  const env = { ...gateway.env, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' };
  const claude = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)(program, ['mcp', ...args], { cwd: gateway.home, env, timeout: 60_000 }))
      .stdout;
  const add = ['add', '--scope', 'user', '--transport', 'http'];
  await claude(...add, 'mcpctl', gateway.url, '--header', `Authorization: Bearer ${gateway.token}`);
  await claude(...add, 'stranger', gateway.url, '--header', 'Authorization: Bearer wrong');
  await claude(...add, 'alone', `${gateway.url}/echo`, '--header', `Authorization: Bearer ${gateway.token}`);
  const listed = await claude('list');

  expect(listed).toMatch(/^mcpctl: .*Connected$/m);
  expect(listed).toMatch(/^alone: .*Connected$/m);
  expect(listed).not.toMatch(/^stranger: .*Connected$/m);
});
