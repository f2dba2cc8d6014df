import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { type Home, mcpctl, start } from '../../support/cli.ts';
import { freePort } from '../../support/free-port.ts';
import { gatewayHome, makeToken, startGatewayIn } from '../../support/gateway.ts';
import { legacyClient } from '../../support/gateway-client.ts';
import { fixtureEntry } from '../../support/servers.ts';

/** A watch that serves metrics on a port the system picks; gives their address. */
async function watching(home: Home, args: readonly string[] = []): Promise<string> {
  const child = start(['watch', '--json', '--metrics-port', '0', ...args], home);
  onTestFinished(async () => {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  });
  let stderr = '';
  child.stdout?.resume();
  return await new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (chunk) => {
      stderr += chunk;
      const [url] = /http:\/\/\S+\/metrics/.exec(stderr) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.on('close', (status) => reject(new Error(`watch ended with ${status}\n${stderr}`)));
  });
}

async function textAt(url: string, headers: Record<string, string> = {}): Promise<string> {
  return await (await fetch(url, { headers })).text();
}

test('one scrape has the calls of every process, and what the watcher finds of servers nobody runs', async () => {
  const home = await gatewayHome({
    servers: {
      echo: fixtureEntry('echo'),
      modern: fixtureEntry('modern'),
      far: { url: `http://127.0.0.1:${await freePort()}/mcp` },
    },
  });
  const token = await makeToken(home, 'test');
  const gateway = await startGatewayIn(home, ['--server', 'echo']);
  const client = await legacyClient({ ...gateway, token });
  await client.call('echo', { message: 'x' });
  const url = await watching(home);
  const awaited = [
    'mcpctl_health_probe_duration_seconds_count{mcpctl_server="far",result="failed"}',
    'mcpctl_server_tools{mcpctl_server="modern",kind="offered"}',
  ];
  let text = '';
  while (!awaited.every((series) => text.includes(series))) text = await textAt(url);

  const called = 'mcp_method_name="tools/call",gen_ai_tool_name="echo",mcpctl_server="echo"';
  expect(text).toContain(`mcp_server_operation_duration_seconds_count{${called}} 1\n`);
  expect(text).toContain('mcpctl_server_up{mcpctl_server="echo"} 1\n');
  expect(text).toContain('mcpctl_server_state{mcpctl_server="modern",state="dormant"} 1\n');
  expect(text).toContain('mcpctl_server_tools{mcpctl_server="modern",kind="offered"} 2\n');
  expect(text).toMatch(/^mcpctl_server_state\{mcpctl_server="far",state="(degraded|failed)"\} 1$/m);
  expect(text).toContain('mcpctl_processes{kind="watch"} 1\n');
  expect(text).toContain('mcpctl_processes{kind="gateway"} 1\n');
  expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
});

test('a token can be asked for, and other paths and strangers get nothing', async () => {
  const home = await gatewayHome({ servers: { echo: fixtureEntry('echo') } });
  const missing = await mcpctl(['watch', '--metrics-port', '0', '--metrics-token'], home);
  expect([missing.status, missing.stderr]).toEqual([4, expect.stringContaining('GATEWAY_TOKEN_MISSING')]);
  const open = await mcpctl(['watch', '--metrics-port', '0', '--metrics-host', '0.0.0.0'], home);
  expect([open.status, open.stderr]).toEqual([2, expect.stringContaining('Without a token metrics stay on')]);

  const token = await makeToken(home, 'prometheus');
  const url = await watching(home, ['--metrics-token']);
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
  expect(await textAt(url, { authorization: `Bearer ${token}` })).toContain('mcpctl_build_info');
  expect((await fetch(new URL('/mcp', url))).status).toBe(404);
  expect((await fetch(url, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
});
