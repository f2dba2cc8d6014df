import { expect, test } from 'vitest';
import { mcpctlJson, start } from '../../support/cli.ts';
import { type Collector, startCollector } from '../../support/collector.ts';
import { freePort } from '../../support/free-port.ts';
import { gatewayHome, startGateway, type TestGateway } from '../../support/gateway.ts';
import { legacyClient } from '../../support/gateway-client.ts';
import { initialize, lineClient } from '../../support/line-client.ts';
import { fixtureEntry } from '../../support/servers.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const SERVER = 2;
const CLIENT = 3;

async function gatewayTo(endpoint: string, more: object = {}): Promise<TestGateway> {
  return await startGateway({
    servers: { traced: fixtureEntry('traced'), deeds: fixtureEntry('deeds') },
    settings: { retry: { pausesMs: [] }, telemetry: { otlp: { endpoint, ...more } } },
    env: { OTLP_TOKEN: 'Bearer hunter2-collector' },
  });
}

function attributeOf({ attributes }: Collector['spans'][number], key: string): unknown {
  const found = attributes.find((each) => each.key === key)?.value;
  return found && Object.values(found)[0];
}

test('a call becomes a span of ours and one for its server, in the trace of the client and under its id in the log', async () => {
  const collector = await startCollector({ authorization: 'Bearer hunter2-collector' });
  const served = await gatewayTo(collector.endpoint, { headers: { authorization: '${OTLP_TOKEN}' } });
  const client = await legacyClient(served);
  const called = await client.request('tools/call', {
    name: 'traced__meta',
    arguments: {},
    _meta: { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1' },
  });
  const [, seenTrace, seenSpan] = JSON.parse(called.result.content[0].text).traceparent.split('-');
  await client.call('deeds__fail');
  await client.call('deeds__crash');
  await client.request('tools/call', {
    name: 'deeds__look',
    arguments: {},
    _meta: { traceparent: `00-${TRACE}-${SPAN}-00` },
  });
  expect(await served.stop()).toBe(0);

  expect(collector.faults).toEqual([]);
  const named = (kind: number, name: string) =>
    collector.spans.find((span) => span.kind === kind && span.name === `tools/call ${name}`);
  const [ours, theirs] = [named(SERVER, 'meta'), named(CLIENT, 'meta')];
  expect(ours).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, traceState: 'a=1', status: {} });
  expect(theirs).toMatchObject({ traceId: TRACE, parentSpanId: ours?.spanId });
  expect([seenTrace, seenSpan]).toEqual([TRACE, theirs?.spanId]);
  const { document } = await mcpctlJson(['audit', 'query', '--tool', 'meta'], served);
  expect(document.data.calls[0]).toMatchObject({ traceId: TRACE, spanId: ours?.spanId });

  expect(named(SERVER, 'fail')?.status).toEqual({ code: 2, message: 'tool_error' });
  expect(named(SERVER, 'crash')?.status.code).toBe(2);
  // Its caller does not want it traced.
  expect(named(SERVER, 'look')).toBeUndefined();
  if (!ours) throw new Error('no span');
  expect(attributeOf(ours, 'mcp.method.name')).toBe('tools/call');
  expect(attributeOf(ours, 'gen_ai.operation.name')).toBe('execute_tool');
  expect(attributeOf(ours, 'mcpctl.server')).toBe('traced');
  expect(BigInt(ours.endTimeUnixNano)).toBeGreaterThan(BigInt(theirs?.startTimeUnixNano ?? 0));

  const duration = collector.metrics.find(({ name }) => name === 'mcp.server.operation.duration');
  expect(duration).toMatchObject({ unit: 's' });
  expect(collector.metrics.map(({ name }) => name)).toContain('mcpctl_audit_rows_total');
  expect(collector.logs.map(({ body }) => Object.values(body)[0])).toEqual(
    expect.arrayContaining([expect.stringContaining('Stopping')]),
  );
  expect(served.stderr() + JSON.stringify([collector.spans, collector.logs])).not.toContain('hunter2');
}, 60_000);

test('a collector that is away or hangs keeps no call and no end waiting, and what is lost is counted', async () => {
  for (const endpoint of [
    `http://127.0.0.1:${await freePort()}`,
    (await startCollector({ instead: () => true })).endpoint,
  ]) {
    const served = await gatewayTo(endpoint, { metricsEveryMs: 1000 });
    const client = await legacyClient(served);
    for (let index = 0; index < 20; index += 1) {
      expect((await client.call('deeds__look')).result.content[0].text).toBe('look done');
    }
    expect(await served.stop()).toBe(0);
    const lines = served
      .stderr()
      .split('\n')
      .filter((line) => line.includes('Telemetry is not sent'));
    expect(lines.length).toBeLessThanOrEqual(1);
  }
}, 60_000);

test('a collector that refuses is said once, and what it refused is counted', async () => {
  const collector = await startCollector({ instead: (response) => Boolean(response.writeHead(401).end()) });
  const served = await gatewayTo(collector.endpoint, { metricsEveryMs: 1000 });
  let text = '';
  while (!/^mcpctl_telemetry_lost_total\{signal="metrics"\} [1-9]/m.test(text)) {
    const headers = { authorization: `Bearer ${served.token}` };
    text = await (await fetch(new URL('/metrics', served.url), { headers })).text();
  }
  await served.stop();
  const lines = served
    .stderr()
    .split('\n')
    .filter((line) => line.includes('the collector answered 401'));
  expect(lines).toHaveLength(1);
}, 60_000);

test('run sends spans too, and changes no bytes for it', async () => {
  const collector = await startCollector();
  const home = await gatewayHome({
    servers: { traced: fixtureEntry('traced') },
    settings: { telemetry: { otlp: { endpoint: collector.endpoint, logs: false, metrics: false } } },
  });
  const client = lineClient(start(['run', 'traced'], home));
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  const sent = { traceparent: `00-${TRACE}-${SPAN}-01` };
  client.send({ id: 1, method: 'tools/call', params: { name: 'meta', arguments: {}, _meta: sent } });
  expect(JSON.parse(JSON.parse(await client.answer(1)).result.content[0].text)).toEqual(sent);
  expect(await client.end()).toBe(0);

  expect(collector.faults).toEqual([]);
  expect(collector.spans.map(({ kind, traceId }) => [kind, traceId]).sort()).toEqual([
    [SERVER, TRACE],
    [CLIENT, TRACE],
  ]);
  expect(collector.metrics).toEqual([]);
}, 60_000);
