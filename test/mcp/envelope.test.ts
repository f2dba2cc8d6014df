import { expect, test } from 'vitest';
import { readEnvelope } from '../../src/mcp/envelope.ts';
import { scanMembers } from '../../src/mcp/envelope-scan.ts';

const big = { text: `${'x'.repeat(20_000)}","id":99}`, list: [1, { id: 4 }], quote: '\\"' };

const messages: [string, object][] = [
  ['a request', { jsonrpc: '2.0', id: 7, method: 'tools/call', params: big }],
  ['a request with its id last', { jsonrpc: '2.0', method: 'tools/call', params: big, id: 'a "b"' }],
  ['a request with params first', { params: big, method: 'tools/call', jsonrpc: '2.0', id: 1 }],
  ['a notification', { jsonrpc: '2.0', method: 'notifications/message', params: big }],
  ['a response with the result first', { result: big, jsonrpc: '2.0', id: 12 }],
  ['a response', { jsonrpc: '2.0', id: 12, result: big }],
  ['an error with id null', { jsonrpc: '2.0', error: { code: 1, data: big }, id: null }],
  ['a request with an unknown member', { extra: big, id: 3, method: 'x', more: big }],
];

test.each(messages)('reads %s alike by scan and by parse, pretty-printed or not', (_name, message) => {
  const expected = readEnvelope(Buffer.from(JSON.stringify({ ...message, params: {}, result: undefined })));
  for (const indent of [0, 2]) {
    const envelope = readEnvelope(Buffer.from(`${JSON.stringify(message, null, indent)}\r\n`));
    if ('result' in message) expect(envelope).toEqual({ kind: 'response', id: '12' });
    else expect(envelope).toEqual(expected);
  }
});

test('keeps an id that no number type can hold', () => {
  const line = Buffer.from('{"jsonrpc":"2.0","id":12345678901234567890,"method":"ping"}\n');

  expect(readEnvelope(line)).toEqual({ kind: 'request', id: '12345678901234567890', method: 'ping' });
});

test('reads a batch', () => {
  const line = Buffer.from('[{"jsonrpc":"2.0","id":1,"method":"a"},{"jsonrpc":"2.0","method":"b"}]');

  expect(readEnvelope(line)).toEqual({
    kind: 'batch',
    items: [
      { kind: 'request', id: '1', method: 'a' },
      { kind: 'notification', method: 'b' },
    ],
  });
});

test.each([
  'Server listening',
  '{"level":30,"msg":"ready"}',
  '{ debug: 1 }',
  '[]',
  '[1]',
  '42',
  `{"jsonrpc":"2.0","id":1,"result":{"cut":"${'x'.repeat(20_000)}`,
  `{"note":"${'x'.repeat(20_000)}","id":1,"x":{}}`,
])('knows that a line is no message: %.40s', (line) => {
  expect(readEnvelope(Buffer.from(line))).toBeUndefined();
});

test('scans a long message without reading its middle', () => {
  const line = Buffer.from(`{"result":{"broken":"${'\u0001'.repeat(9000)}"},"jsonrpc":"2.0","id":5}`);

  expect(scanMembers(line)).toEqual({ id: '5', isAnswer: true });
});
