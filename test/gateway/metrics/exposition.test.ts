import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createCollector, type Seen } from '../../../src/gateway/metrics/collector.ts';
import { createMeter } from '../../../src/gateway/metrics/create-meter.ts';
import { METRICS } from '../../../src/gateway/metrics/metrics.ts';

type Meter = ReturnType<typeof createMeter>;

const call = { server: 'github', tool: 'search', outcome: 'ok', seconds: 0.03 } as const;

function seen(id: string, meter: Meter, state: 'healthy' | 'failed' | 'dormant' = 'healthy'): Seen {
  const servers = [{ name: 'github', state, pids: [], restarts: 0 }];
  return { id, observed: { kind: 'run', snapshot: structuredClone(meter.snapshot()), servers } };
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
  meter.called({ ...call, tool: 'say "hi"\\\n', outcome: 'error', errorType: '-32602' });
  meter.cached('github', 'hit');
  meter.rateLimited('github');
  meter.retried('github');
  meter.breaker('github', 'open');
  meter.restarted('github', 'exit');
  meter.storeFailed();
  const { text, contentType } = await createCollector(async () => [seen('1', meter)]).scrape();

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
  const snapshot = { calls: [], series: [...series, ...known] };
  const { text } = await createCollector(async () => [
    { id: '1', observed: { kind: 'run', snapshot, servers: [] } },
  ]).scrape();

  expect(text).not.toContain('future');
  expect(text).not.toContain('ada');
  expect(text).toContain('mcpctl_retries_total{mcpctl_server="x"} 1');
});
