import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { ServerState } from '../../../src/gateway/hub/hub.ts';
import { createCollector, type Seen } from '../../../src/gateway/metrics/collector.ts';
import { createMeter } from '../../../src/gateway/metrics/create-meter.ts';
import { METRICS } from '../../../src/gateway/metrics/metrics.ts';

type Meter = ReturnType<typeof createMeter>;

const call = { server: 'github', tool: 'search', outcome: 'ok', seconds: 0.03 } as const;

const PROCESS = {
  kind: 'run',
  version: '1.2.3',
  startedAt: '2026-01-02T03:04:05.000Z',
  rssBytes: 2048,
} as const;

function seen(id: string, meter: Meter, state: ServerState = 'healthy', code?: string): Seen {
  const tools = { tools: 3, locked: 4, changed: ['a'] };
  const servers = [
    { name: 'github', state, pids: [], restarts: 0, ...tools, rssBytes: 1024, ...(code && { code }) },
  ];
  return { id, observed: { ...PROCESS, snapshot: structuredClone(meter.snapshot()), servers } };
}

async function valuesOf(found: Seen[]): Promise<Map<string, number>> {
  return parse((await createCollector(async () => found).scrape()).text);
}

/** Sample → value, labels sorted. */
function parse(text: string): Map<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const [, name = '', labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      return [
        `${name}{${labels
          .split(/,(?=\w+=)/)
          .sort()
          .join(',')}}`,
        Number(value),
      ];
    }),
  );
}

const OK = 'gen_ai_tool_name="search"';
const CALL = `${OK},mcp_method_name="tools/call",mcpctl_server="github"`;

test('promtool finds nothing to say about what is exposed', async () => {
  const meter = createMeter();
  meter.called(call);
  meter.attempted(call);
  meter.sessionEnded(undefined, 12);
  meter.sessionEnded('github', 600);
  meter.probed('github', { ok: true, seconds: 0.004 });
  meter.audited(true);
  meter.tokenHeld('github', 1_800_000_000_000);
  meter.tokenRenewed('github', false);
  meter.called({ ...call, tool: 'say "hi"\\\n', outcome: 'error', errorType: '-32602' });
  meter.cached('github', 'hit');
  meter.rateLimited('github');
  meter.retried('github');
  meter.breaker('github', 'open');
  meter.restarted('github', 'exit');
  meter.storeFailed();
  const troubled = seen('1', meter, 'degraded', 'SERVER_SLOW');
  const { text, contentType } = await createCollector(async () => [troubled]).scrape();

  expect(contentType).toContain('version=0.0.4');
  expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
  for (const name of Object.keys(METRICS)) expect(text).toMatch(new RegExp(`^${name}[_{ ]`, 'm'));
});

test('counts durations into buckets that include their bound', async () => {
  const meter = createMeter();
  for (const seconds of [0, 0.01, 0.0101, 300, 301]) meter.called({ ...call, seconds });
  const values = await valuesOf([seen('1', meter)]);
  const name = 'mcp_server_operation_duration_seconds';
  const at = (le: string): number | undefined =>
    values.get(`${name}_bucket{${OK},le="${le}",mcp_method_name="tools/call",mcpctl_server="github"}`);

  expect([at('0.01'), at('0.02'), at('120'), at('300'), at('+Inf')]).toEqual([2, 3, 3, 4, 5]);
  expect(values.get(`${name}_count{${CALL}}`)).toBe(5);
  expect(values.get(`${name}_sum{${CALL}}`)).toBeCloseTo(601.0201);
});

test('tells kinds of failures apart by code, and names what has none', async () => {
  const meter = createMeter();
  meter.called({ ...call, outcome: 'tool_error', errorType: 'tool_error' });
  meter.called({ ...call, outcome: 'timeout' });
  const errors = meter.snapshot().calls.map(({ error }) => error);
  expect(errors).toEqual(['tool_error', 'timeout']);
});

test('names made up by clients and servers cannot fill the memory', () => {
  const meter = createMeter();
  for (let index = 0; index < 1000; index += 1) {
    meter.called({ ...call, tool: `tool-${index}`, outcome: 'error', errorType: 'x' });
    meter.called({ ...call, outcome: 'error', errorType: `${index}` });
  }
  meter.called({ ...call, server: 'other-server', tool: 'x'.repeat(1e6) });
  const { calls } = meter.snapshot();
  const of = (server: string) => calls.filter((each) => each.server === server);

  expect(new Set(of('github').map(({ tool }) => tool)).size).toBe(201);
  expect(new Set(of('github').map(({ error }) => error)).size).toBe(33);
  expect(of('other-server').map(({ tool }) => tool)).toEqual(['other']);
  const total = of('github')
    .flatMap(({ counts }) => counts)
    .reduce((sum, count) => sum + count, 0);
  expect(total).toBe(2000);
});

test('adds up processes, and takes the worst state of a server', async () => {
  const [one, two] = [createMeter(), createMeter()];
  one.called(call);
  two.called(call);
  two.breaker('github', 'open');
  one.breaker('github', 'closed');
  const values = await valuesOf([
    seen('1', one),
    seen('2', two, 'failed'),
    seen('3', createMeter(), 'dormant'),
  ]);

  expect(values.get(`mcp_server_operation_duration_seconds_count{${CALL}}`)).toBe(2);
  expect(values.get('mcpctl_server_up{mcpctl_server="github"}')).toBe(0);
  expect(values.get('mcpctl_breaker_state{mcpctl_server="github"}')).toBe(2);
  expect(values.get('mcpctl_processes{kind="run"}')).toBe(3);
});

test.each([
  ['healthy', undefined, 1],
  ['degraded', 'SERVER_SLOW', 1],
  ['degraded', 'SERVER_CALL_FAILED', 1],
  ['degraded', 'SERVER_TIMEOUT', 0],
  ['degraded', 'SERVER_UNREACHABLE', 0],
  ['degraded', 'PROCESS_NOT_RUNNING', 0],
  ['starting', 'SERVER_EXITED', 0],
  ['failed', 'SERVER_CRASH_LOOP', 0],
  ['needs-auth', 'SIGN_IN_NEEDED', 0],
  ['dormant', undefined, undefined],
  ['stopped', undefined, undefined],
] as const)('a server that is %s for %s is up: %s', async (state, code, up) => {
  const values = await valuesOf([seen('1', createMeter(), state, code)]);

  expect(values.get('mcpctl_server_up{mcpctl_server="github"}')).toBe(up);
  const trouble = values.get(`mcpctl_server_trouble{code="${code}",mcpctl_server="github"}`);
  expect(trouble).toBe(code && 1);
});

test('counters never fall: processes that end or say nothing for once stay in the sum', async () => {
  const [one, two] = [createMeter(), createMeter()];
  one.retried('github');
  two.retried('github');
  let found: Seen[] = [seen('1', one), seen('2', two)];
  const collector = createCollector(async () => found);
  const retries = async (): Promise<number | undefined> =>
    parse((await collector.scrape()).text).get('mcpctl_retries_total{mcpctl_server="github"}');

  expect(await retries()).toBe(2);
  found = [seen('1', one), { id: '2', observed: undefined }];
  expect(await retries()).toBe(2);
  found = [seen('1', one)];
  expect(await Promise.all([retries(), retries()])).toEqual([2, 2]);
  one.retried('github');
  found = [seen('1', one), seen('3', one)];
  expect(await retries()).toBe(5);
  expect(parse((await collector.scrape()).text).get('mcpctl_processes{kind="run"}')).toBe(2);
});

test('leaves out what another version counts', async () => {
  const series = [{ name: 'mcpctl_future_total', labels: { user: 'ada' }, value: 1 }];
  const known = [{ name: 'mcpctl_retries_total', labels: { mcpctl_server: 'x', user: 'ada' }, value: 1 }];
  const snapshot = {
    calls: [],
    attempts: [],
    durations: [{ name: 'mcpctl_future_seconds', labels: {}, sum: 1, counts: [1] }],
    series: [...series, ...known],
  };
  const { text } = await createCollector(async () => [
    { id: '1', observed: { ...PROCESS, snapshot, servers: [] } },
  ]).scrape();

  expect(text).not.toContain('future');
  expect(text).not.toContain('ada');
  expect(text).toContain('mcpctl_retries_total{mcpctl_server="x"} 1');
});

test('names of several processes together are bounded as those of one', async () => {
  const found = Array.from({ length: 5 }, (_, process) => {
    const meter = createMeter();
    for (let index = 0; index < 150; index += 1) {
      const made = { ...call, tool: `tool-${process}-${index}` };
      meter.called(made);
      meter.attempted({ ...made, outcome: 'error', errorType: `${process}-${index}` });
    }
    return seen(`${process}`, meter);
  });
  const collector = createCollector(async () => found);
  for (let scrape = 0; scrape < 2; scrape += 1) {
    const { text } = await collector.scrape();
    for (const name of ['mcp_server_operation_duration_seconds', 'mcp_client_operation_duration_seconds']) {
      const counts = text.split('\n').filter((line) => line.startsWith(`${name}_count{`));
      const distinct = (label: string) =>
        new Set(counts.map((line) => new RegExp(`${label}="([^"]*)"`).exec(line)?.[1]));
      expect(distinct('gen_ai_tool_name').size).toBe(201);
      expect(distinct('error_type').size).toBeLessThanOrEqual(33);
      expect(counts.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(750);
    }
  }
});

test('what has not happened yet is 0, so that the first time shows as an increase', async () => {
  const values = await valuesOf([seen('1', createMeter())]);

  expect(values.get('mcpctl_server_restarts_total{mcpctl_server="github",reason="exit"}')).toBe(0);
  expect(values.get('mcpctl_rate_limited_total{mcpctl_server="github"}')).toBe(0);
  expect(values.get('mcpctl_audit_write_failures_total{}')).toBe(0);
  const meter = createMeter();
  meter.restarted('github', 'exit');
  meter.audited(false);
  const later = await valuesOf([seen('1', meter), seen('2', createMeter())]);
  expect(later.get('mcpctl_server_restarts_total{mcpctl_server="github",reason="exit"}')).toBe(1);
  expect(later.get('mcpctl_audit_write_failures_total{}')).toBe(1);
});

test('tells memory, tools and processes as they are together', async () => {
  const values = await valuesOf([seen('1', createMeter()), seen('2', createMeter())]);

  expect(values.get('mcpctl_server_rss_bytes{mcpctl_server="github"}')).toBe(2048);
  expect(values.get('mcpctl_server_tools{kind="offered",mcpctl_server="github"}')).toBe(3);
  expect(values.get('mcpctl_server_tools{kind="locked",mcpctl_server="github"}')).toBe(4);
  expect(values.get('mcpctl_server_tools{kind="changed",mcpctl_server="github"}')).toBe(1);
  expect(values.get('mcpctl_server_state{mcpctl_server="github",state="healthy"}')).toBe(1);
  expect(values.get('mcpctl_process_rss_bytes{kind="run"}')).toBe(4096);
  expect(values.get('mcpctl_process_start_time_seconds{kind="run"}')).toBe(1_767_323_045);
  expect(values.get('mcpctl_build_info{version="1.2.3"}')).toBe(1);
});

test('the time of a token is gone with the token', async () => {
  const meter = createMeter();
  const sample = 'mcpctl_token_expires_timestamp_seconds{mcpctl_server="github"}';
  meter.tokenHeld('github', 1_800_000_000_000);
  expect((await valuesOf([seen('1', meter)])).get(sample)).toBe(1_800_000_000);
  meter.tokenHeld('github', undefined);
  expect((await valuesOf([seen('1', meter)])).has(sample)).toBe(false);
});
