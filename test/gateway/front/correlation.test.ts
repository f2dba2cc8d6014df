import { expect, test } from 'vitest';
import { modernRequest } from '../../support/gateway-client.ts';
import { serveStandIn } from './stand-in-hub.ts';

const TOKEN = { token: 'ada-token' };
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALL = { method: 'tools/call', params: { name: 'echo' } };

test('tells the trace a request belongs to, and hands it on', async () => {
  const { url, hub } = await serveStandIn();
  const headers = { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` };
  const replies = [
    await modernRequest({ url, ...TOKEN, ...CALL, headers }),
    await modernRequest({ url, ...TOKEN, ...CALL }),
    await modernRequest({ url, ...TOKEN, ...CALL, headers: { traceparent: 'junk' } }),
  ];
  const told = replies.map((reply) => reply.headers.get('x-correlation-id'));

  expect(told[0]).toBe(TRACE);
  expect(new Set(told).size).toBe(3);
  const handedOn = hub.requests.map(({ trace }) => trace);
  expect(handedOn.map((trace) => trace?.traceId)).toEqual(told);
  expect(handedOn[0]?.parentSpanId).toBe('00f067aa0ba902b7');
});
