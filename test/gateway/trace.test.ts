import { expect, test } from 'vitest';
import { carriedTrace, traceOf } from '../../src/calls/trace.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const PARENT = `00-${TRACE}-${SPAN}-01`;

const message = (meta: object): object => ({ method: 'tools/call', params: { name: 't', _meta: meta } });

test('goes on with the trace of the caller, under a span of its own', () => {
  const meta = {
    traceparent: PARENT,
    tracestate: 'rojo=00f067aa0ba902b7, congo@x=t61',
    baggage: 'a=1;p=2,b=%20',
  };
  const trace = traceOf(message(meta));

  expect(trace).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, flags: '01' });
  expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(trace.spanId).not.toBe(SPAN);
  expect(carriedTrace(trace)).toEqual({ ...meta, traceparent: `00-${TRACE}-${trace.spanId}-01` });
});

test('takes the HTTP header where the message says nothing valid', () => {
  const header = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
  expect(traceOf(message({}), header)).toMatchObject({ traceId: 'a'.repeat(32), flags: '00' });
  expect(traceOf(message({ traceparent: 'junk' }), header).traceId).toBe('a'.repeat(32));
  expect(traceOf(message({ traceparent: PARENT }), header).traceId).toBe(TRACE);
});

test.each([
  ['nothing', undefined],
  ['no text', 7],
  ['capitals', PARENT.toUpperCase()],
  ['version ff', `ff${PARENT.slice(2)}`],
  ['a longer version 00', `${PARENT}-00`],
  ['a trace of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['a span of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['a line break', `${PARENT}\n`],
  ['too few digits', PARENT.slice(0, -1)],
  ['no end', `01${PARENT.slice(2)}-${'x'.repeat(1e6)}`],
])('begins a new trace for %s', (_what, traceparent) => {
  const trace = traceOf(message({ traceparent, tracestate: 'rojo=1' }));

  expect(trace.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
  expect(trace.traceId).not.toBe(TRACE);
  // The state belongs to the parent that was not valid.
  expect(Object.keys(trace).sort()).toEqual(['flags', 'spanId', 'traceId']);
});

test('takes what it knows of a later version', () => {
  const trace = traceOf(message({ traceparent: `01-${TRACE}-${SPAN}-ff-more` }));
  expect(trace).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, flags: '01' });
});

test.each([
  ['a line break', 'a=1\r\nx: y'],
  ['a double key', 'a=1,a=2'],
  ['33 members', Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(',')],
  ['513 characters', `a=${'1'.repeat(250)},b=${'1'.repeat(250)},c=${'1'.repeat(250)}`],
  ['capitals in keys', 'A=1'],
])('drops a state with %s, and keeps the trace', (_what, tracestate) => {
  const trace = traceOf(message({ traceparent: PARENT, tracestate }));
  expect(trace.traceId).toBe(TRACE);
  expect(trace).not.toHaveProperty('tracestate');
});

test.each(['a', 'a=1\nb', 'a="x"', `a=${'1'.repeat(9000)}`, 'a=1,,b=2', 'ä=1'])(
  'drops the baggage %j',
  (baggage) => {
    expect(traceOf(message({ traceparent: PARENT, baggage }))).not.toHaveProperty('baggage');
  },
);

test('stands messages of any shape', () => {
  for (const odd of [undefined, null, 'x', [], { params: [] }, { params: { _meta: 'x' } }]) {
    expect(traceOf(odd).traceId).toMatch(/^[0-9a-f]{32}$/);
  }
});

test('no two ids are the same', () => {
  const traces = Array.from({ length: 2000 }, () => traceOf({}));
  const ids = traces.flatMap(({ traceId, spanId }) => [traceId, spanId]);
  expect(new Set(ids).size).toBe(4000);
  expect(ids.filter((id) => !/^[0-9a-f]{32}$|^[0-9a-f]{16}$/.test(id))).toEqual([]);
});
