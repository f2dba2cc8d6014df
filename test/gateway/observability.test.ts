import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askControl } from '../../src/gateway/control/ask-control.ts';
import { findRunning } from '../../src/gateway/control/find-running.ts';
import { mcpctl, mcpctlJson, start } from '../support/cli.ts';
import { gatewayHome, startGateway, type TestGateway } from '../support/gateway.ts';
import { legacyClient } from '../support/gateway-client.ts';
import { initialize, lineClient } from '../support/line-client.ts';
import { fixtureEntry } from '../support/servers.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${SPAN}-01`;

const gateway = async (): Promise<TestGateway> =>
  await startGateway({
    servers: { traced: fixtureEntry('traced'), echo: fixtureEntry('echo') },
    settings: { retry: { pausesMs: [] } },
  });

async function scrape({ url, token }: TestGateway): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  return await (await fetch(new URL('/metrics', url), { headers })).text();
}

/** The lines of the log on stderr that tell of calls. */
function loggedCalls({ stderr }: TestGateway) {
  const lines = stderr()
    .split('\n')
    .filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'call');
}

test('one id leads from the answer to the log, the audit log and the server', async () => {
  const served = await gateway();
  const client = await legacyClient(served);
  const reply = await client.post(
    {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: {
        name: 'traced__meta',
        arguments: {},
        _meta: { traceparent, tracestate: 'a=1', baggage: 'b=2' },
      },
    },
    {},
  );
  const meta = JSON.parse(reply.messages[0].result.content[0].text);

  expect(reply.headers.get('x-correlation-id')).toBe(TRACE);
  expect(meta).toMatchObject({ tracestate: 'a=1', baggage: 'b=2' });
  const [, traceId, spanId] = meta.traceparent.split('-');
  expect([traceId, spanId === SPAN]).toEqual([TRACE, false]);

  const failed = await client.post({
    jsonrpc: '2.0',
    id: 2,
    method: 'tools/call',
    params: { name: 'traced__exit', arguments: {} },
  });
  const corr = failed.headers.get('x-correlation-id');
  expect(failed.messages[0].error.data).toMatchObject({ code: 'OUTCOME_UNKNOWN', correlationId: corr });
  expect(corr).not.toBe(TRACE);

  expect(await served.stop()).toBe(0);
  expect(loggedCalls(served)).toEqual([
    expect.objectContaining({
      server: 'traced',
      tool: 'meta',
      outcome: 'ok',
      corr: TRACE,
      principal: 'test',
    }),
    expect.objectContaining({ tool: 'exit', outcome: 'outcome_unknown', corr, client: 'test-client' }),
  ]);
  const { document } = await mcpctlJson(['audit', 'query'], served);
  const rows = document.data.calls as { tool: string; corr: string; spanId: string }[];
  expect(rows.map(({ tool, corr }) => [tool, corr])).toEqual(
    expect.arrayContaining([
      ['meta', TRACE],
      ['exit', corr],
    ]),
  );
  expect(rows.find(({ tool }) => tool === 'meta')?.spanId).toBe(spanId);
  const kept = await readFile(join(served.home, '.local/state/mcpctl/logs/gateway.jsonl'), 'utf8');
  expect(kept).toContain(TRACE);
});

test('metrics add up this gateway and every run of its user', async () => {
  const served = await gateway();
  const client = await legacyClient(served);
  await client.call('echo__echo', { message: 'x' });
  const other = lineClient(start(['run', 'echo'], served));
  other.send(initialize());
  await other.answer(0);
  other.send({ method: 'notifications/initialized' });
  other.send({ id: 1, method: 'tools/call', params: { name: 'echo', arguments: { message: 'x' } } });
  await other.answer(1);
  const name = 'mcp_server_operation_duration_seconds_count';
  const sample = `${name}{mcp_method_name="tools/call",gen_ai_tool_name="echo",mcpctl_server="echo"}`;
  let text = '';
  while (!text.includes('mcpctl_processes{kind="run"} 1')) text = await scrape(served);

  expect(text).toContain(`${sample} 2\n`);
  expect(text).toContain(`${sample.replace('mcp_server', 'mcp_client')} 2\n`);
  expect(text).toContain('mcpctl_server_up{mcpctl_server="echo"} 1');
  // On a busy machine the log may be too slow for a row, which is counted as well.
  const counted = [...text.matchAll(/^mcpctl_audit_(?:rows|write_failures)_total (\d+)$/gm)];
  expect(counted.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(2);
  expect(Number(/^mcpctl_server_rss_bytes\{mcpctl_server="echo"\} (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(
    1e7,
  );
  expect(text).toMatch(/^mcpctl_process_rss_bytes\{kind="run"\} \d+$/m);
  expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');

  expect(await other.end()).toBe(0);
  await mcpctl(['restart', 'echo'], served);
  await client.end();
  const after = await scrape(served);
  expect(after).toContain(`${sample} 2\n`);
  expect(after).toContain('mcp_server_session_duration_seconds_count 1\n');
  expect(after).toContain('mcpctl_server_restarts_total{mcpctl_server="echo",reason="asked"} 1\n');
});

test('a gateway can be found, asked and stopped like a run', async () => {
  const served = await gateway();
  const client = await legacyClient(served);
  await client.call('echo__echo', { message: 'x' });
  const [found, ...more] = await findRunning(join(served.home, '.local/state/mcpctl/run'), process.platform);
  if (!found) throw new Error('it is not registered');

  expect(more).toEqual([]);
  expect(found).toMatchObject({ pid: served.pid, kind: 'gateway', servers: ['traced', 'echo'] });
  const before = await askControl(found, { ask: 'status' });
  const restarted = await mcpctlJson(['restart', 'echo'], served);
  expect(restarted.document.data.restarted).toEqual([
    { server: 'echo', pid: served.pid, kind: 'gateway', cwd: served.home },
  ]);
  const after = await askControl(found, { ask: 'status' });
  const pidOf = ({ servers }: typeof after): readonly number[] | undefined =>
    servers.find((server) => server.name === 'echo')?.pids;
  expect(pidOf(before)).toHaveLength(1);
  expect(pidOf(after)).toHaveLength(1);
  expect(pidOf(after)).not.toEqual(pidOf(before));
  expect((await client.call('echo__echo', { message: 'again' })).result.content[0].text).toBe('again');

  await askControl(found, { ask: 'stop' });
  expect(await served.stop('SIGCONT')).toBe(0);
});

test('run passes the trace of its client on as it is, adds none, and tells the id of what failed', async () => {
  const home = await gatewayHome({
    servers: { traced: fixtureEntry('traced') },
    settings: { retry: { pausesMs: [] } },
  });
  const client = lineClient(start(['run', 'traced'], home));
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  const call = async (id: number, name: string, meta?: object) => {
    const params = { name, arguments: {}, ...(meta && { _meta: meta }) };
    client.send({ id, method: 'tools/call', params });
    return JSON.parse(await client.answer(id));
  };
  const sent = { traceparent, tracestate: 'a=1', baggage: 'b=2' };

  expect(JSON.parse((await call(1, 'meta', sent)).result.content[0].text)).toEqual(sent);
  expect(JSON.parse((await call(2, 'meta')).result.content[0].text)).toEqual({});
  const { error } = await call(3, 'exit', { traceparent });
  expect(error.data).toMatchObject({ code: 'OUTCOME_UNKNOWN', correlationId: TRACE });
  expect(await client.end()).toBe(0);
  const { document } = await mcpctlJson(['audit', 'query'], home);
  const rows = document.data.calls as { tool: string; traceId?: string; corr: string }[];
  expect(rows.filter(({ corr }) => corr === TRACE)).toHaveLength(2);
});

test('tools beyond the two hundredth of a server share a name', async () => {
  const served = await startGateway({
    servers: { many: fixtureEntry('various', { COUNT: '230' }) },
    settings: { limits: { perMinute: 0 } },
  });
  const client = await legacyClient(served);
  const names = Array.from({ length: 230 }, (_, index) => `many__tool-${index}`);
  // A server works on ten at once.
  for (let at = 0; at < names.length; at += 10) {
    const answers = await Promise.all(names.slice(at, at + 10).map((name) => client.call(name)));
    for (const { result } of answers) expect(result).toBeDefined();
  }
  const text = await scrape(served);
  const counts = text
    .split('\n')
    .filter((line) => line.startsWith('mcp_server_operation_duration_seconds_count{'));

  expect(counts).toHaveLength(201);
  expect(counts.find((line) => line.includes('gen_ai_tool_name="other"'))).toMatch(/ 30$/);
  expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
}, 120_000);
