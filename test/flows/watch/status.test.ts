import { expect, test } from 'vitest';
import { renderStatus } from '../../../src/flows/watch/status-view.ts';
import { createStyle } from '../../../src/platform/style.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { freePort } from '../../support/free-port.ts';
import { observation, observedServer } from '../../support/observations.ts';
import { fixtureEntry, writeManifest } from '../../support/servers.ts';

async function homeWith(servers: Record<string, object>): Promise<Home> {
  const home = await emptyHome();
  await writeManifest(home.home, servers);
  return home;
}

test('status tries servers nobody runs and tells each state', async () => {
  const home = await homeWith({
    echo: fixtureEntry('echo'),
    modern: fixtureEntry('modern'),
    missing: { command: 'no-such-program' },
    far: { url: `http://127.0.0.1:${await freePort()}/mcp` },
    off: { ...fixtureEntry('crash'), disabled: true },
  });
  const { status, document } = await mcpctlJson(['status'], home);

  expect(status).toBe(5);
  const { servers, processes } = document.data;
  expect(processes).toEqual([]);
  expect(servers).toMatchObject([
    { name: 'echo', state: 'dormant', era: 'legacy', transport: 'stdio', probe: { ok: true } },
    { name: 'modern', state: 'dormant', era: 'modern', tools: { offered: 2, locked: null, changed: [] } },
    { name: 'missing', state: 'failed', reason: { code: 'SERVER_NOT_STARTED' }, probe: { ok: false } },
    { name: 'far', state: 'degraded', reason: { code: 'SERVER_UNREACHABLE' }, transport: 'http' },
    { name: 'off', state: 'stopped' },
  ]);
  expect(servers[4]).not.toHaveProperty('probe');
});

test('status of servers that work ends with 0, and shows a table', async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const { status, stdout, stderr } = await mcpctl(['status'], home);

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [head, row] = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(head?.slice(0, 3)).toEqual(['server', 'state', 'era']);
  expect(row?.slice(0, 3)).toEqual(['echo', 'dormant', 'legacy']);
});

test('status looks at no more than it is asked to, and knows no other names', async () => {
  const home = await homeWith({ echo: fixtureEntry('echo'), missing: { command: 'no-such-program' } });
  const one = await mcpctlJson(['status', '--server', 'echo'], home);
  expect(one.status).toBe(0);
  expect(one.document.data.servers).toHaveLength(1);

  const unknown = await mcpctlJson(['status', '--server', 'ecko'], home);
  expect(unknown.status).toBe(2);
  expect(unknown.document.error?.code).toBe('SERVER_UNKNOWN');
});

test('where there is not room for all columns, those with nothing to tell give way first', () => {
  const style = createStyle({ env: {}, isTerminal: false });
  const failing = { perMinute: 2, errorRatio: 0.5, p50Ms: 10, p95Ms: 400, rateLimitedPerMinute: 0 };
  const servers = [observedServer('github', { calls: failing }), observedServer('filesystem')];
  const headAt = (width: number): string | undefined =>
    renderStatus(observation(0, servers), style, width).split('\n')[0]?.replaceAll(/ +/g, ' ');

  expect(headAt(Number.POSITIVE_INFINITY)).toBe(
    'server state era probe p95 calls/min errors restarts memory tools',
  );
  expect(headAt(80)).toBe('server state probe p95 calls/min errors restarts memory tools');
  expect(headAt(65)).toBe('server state p95 calls/min errors memory tools');
  expect(headAt(50)).toBe('server state p95 errors tools');
  for (const width of [30, 50, 80]) {
    const lines = renderStatus(observation(0, servers), style, width).split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  }
});

test('watch --once says what status says', async () => {
  const home = await homeWith({ missing: { command: 'no-such-program' } });
  const { status, document } = await mcpctlJson(['watch', '--once'], home);

  expect(status).toBe(5);
  expect(document.data.servers).toMatchObject([{ name: 'missing', state: 'failed' }]);
});
