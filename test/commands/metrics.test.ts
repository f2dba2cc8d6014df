import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../support/cli.ts';
import { startGateway, type TestGateway } from '../support/gateway.ts';
import { legacyClient } from '../support/gateway-client.ts';
import { fixtureEntry } from '../support/servers.ts';

const HASH = 'a'.repeat(64);

/** A gateway whose `echo` was called five times, once in vain, and whose `paced` nobody called. */
async function loaded(): Promise<TestGateway> {
  const served = await startGateway({
    servers: { echo: fixtureEntry('echo'), deeds: fixtureEntry('deeds') },
    settings: { retry: { pausesMs: [] }, policy: { deny: ['echo/env'], changedTools: 'warn' } },
  });
  const client = await legacyClient(served);
  for (let index = 0; index < 4; index += 1) await client.call('echo__echo', { message: 'x' });
  await client.call('echo__env', { name: 'PATH' });
  await client.end();
  await lockTools(served, 'echo', ['echo', 'env', 'forgotten']);
  await lockTools(served, 'deeds', ['one', 'two']);
  return served;
}

const locked: Record<string, object> = {};

async function lockTools({ home }: Home, server: string, names: readonly string[]): Promise<void> {
  const tools = Object.fromEntries(names.map((name) => [name, HASH]));
  locked[server] = {
    source: { type: 'command' },
    lockedAt: '2026-01-01T00:00:00.000Z',
    tools: { protocolVersion: '2025-11-25', hash: HASH, tools },
  };
  const path = join(home, '.config/claude/mcpctl-lock.json');
  await writeFile(path, JSON.stringify({ lockfileVersion: 1, servers: locked }));
}

test('shows calls, failures, estimated times and tools nobody called, now and from the audit log', async () => {
  const served = await loaded();
  const now = await mcpctlJson(['metrics'], served);
  const { servers, source, processes } = now.document.data;

  expect([source, processes]).toEqual(['processes', 1]);
  expect(servers[0]).toMatchObject({ server: 'echo', calls: 5, errors: 1, errorRatio: 0.2 });
  expect(servers[0].failures).toEqual({ TOOL_DENIED: 1 });
  expect(servers[0].tools.map(({ tool, calls }: { tool: string; calls: number }) => [tool, calls])).toEqual([
    ['echo', 4],
    ['env', 1],
  ]);
  expect(servers[0].p95Ms).toBeGreaterThan(0);
  expect(servers[0].neverUsed).toEqual(['forgotten']);
  expect(servers[1]).toMatchObject({ server: 'deeds', calls: 0, p50Ms: null, neverUsed: ['one', 'two'] });

  const shown = await mcpctl(['metrics'], served);
  expect(shown.stdout).toMatch(/^echo +5 +1 \(20 %\) +~/m);
  expect(shown.stdout).toMatch(/^echo\/env +1 +1 \(100 %\).* 1 TOOL_DENIED$/m);
  expect(shown.stdout).toMatch(/Never called:\n {2}echo {2}forgotten\n {2}deeds {2}all 2/);
  expect(shown.stdout).toContain('estimates');

  const text = (await mcpctl(['metrics', '--prometheus'], served)).stdout;
  expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
  expect(text).toContain('mcpctl_processes{kind="gateway"} 1');

  expect(await served.stop()).toBe(0);
  const gone = await mcpctl(['metrics'], served);
  expect(gone.stdout).toContain(
    'No client and no gateway runs now. What was called before: mcpctl metrics --since 7d',
  );
  const before = await mcpctlJson(['metrics', '--since', '1h'], served);
  expect(before.document.data).toMatchObject({ source: 'audit', damaged: 0 });
  const [echo] = before.document.data.servers;
  // On a busy machine the log may be too slow for a row.
  const rows = (await mcpctlJson(['audit', 'query'], served)).document.data.calls;
  const failed = rows.filter(({ outcome }: { outcome: string }) => outcome !== 'ok').length;
  expect(rows.length).toBeGreaterThan(0);
  expect(echo).toMatchObject({ server: 'echo', calls: rows.length, errors: failed });
  expect([servers[0].restarts, echo.restarts]).toEqual([0, null]);
  expect(echo.neverUsed).toContain('forgotten');
  const later = await mcpctlJson(['metrics', '--since', new Date(Date.now() + 60_000).toISOString()], served);
  expect(later.document.data.servers[0]).toMatchObject({ calls: 0 });
});

test.each([
  [['metrics', '--server', 'nobody'], 'SERVER_UNKNOWN'],
  [['metrics', '--prometheus', '--since', '7d'], 'USAGE'],
  [['metrics', '--since', 'yesterday'], 'USAGE'],
  [['metrics', '--sort', 'luck'], 'USAGE'],
])('%j is refused with %s', async (args, code) => {
  const { document } = await mcpctlJson(args, await emptyHome());
  expect(document.error?.code).toBe(code);
});
