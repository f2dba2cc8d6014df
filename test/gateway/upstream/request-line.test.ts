import { expect, test } from 'vitest';
import { requestLine } from '../../../src/gateway/upstream/request-line.ts';

const PREFIX = 'io.modelcontextprotocol/';

function lineOf(line: string | undefined, params: object = {}, more: object = {}): string {
  const options = { id: 7, method: 'tools/call', params, meta: {}, ...more };
  return requestLine({
    ...options,
    params: { ...params },
    line: line === undefined ? line : Buffer.from(line),
  }).toString();
}

test('changes id, name and the members of _meta that are ours, and nothing else', () => {
  const line =
    `{ "params" : {"arguments":{"n":1e400,"Name":"kept"}, "name":"srv__x", "_meta":{"own":1,"${PREFIX}clientInfo":{},` +
    '"progressToken":"t"}},"jsonrpc":"2.0","id":"a","method":"tools/call"}\n';

  expect(lineOf(line, { name: 'x' }, { meta: { progressToken: 7, [`${PREFIX}logLevel`]: 'info' } })).toBe(
    `{ "params" : {"arguments":{"n":1e400,"Name":"kept"}, "name":"x", "_meta":{"own":1,` +
      `"progressToken":7,"${PREFIX}logLevel":"info"}},"jsonrpc":"2.0","id":7,"method":"tools/call"}\n`,
  );
});

test('makes a line where there is none', () => {
  expect(JSON.parse(lineOf(undefined, { uri: 'a:b' }, { meta: { a: 1 } }))).toEqual({
    jsonrpc: '2.0',
    id: 7,
    method: 'tools/call',
    params: { uri: 'a:b', _meta: { a: 1 } },
  });
});

test('puts in what the user answered, byte by byte', () => {
  const input = { responses: '{"a":{"n":12345678901234567890}}', state: '"\\u00e9"' };

  expect(lineOf('{"id":1,"params":{"requestState":"old"}}', {}, { input })).toBe(
    '{"id":7,"params":{"requestState":"\\u00e9","inputResponses":{"a":{"n":12345678901234567890}}}}',
  );
});

test.each(['Name', 'NAME', 'n\\u0061Me', 'Arguments', 'argument\u017f', 'URI', '_Meta'])(
  'passes on no %s, which some programs take for what was judged',
  (name) => {
    const line = `{"id":1,"params":{"name":"safe","${name}":"evil","arguments":{"${name}":1}}}`;

    expect(lineOf(line, { name: 'safe' })).toBe(
      `{"id":7,"params":{"name":"safe","arguments":{"${name}":1}}}`,
    );
    expect(lineOf('{"id":1,"Method":"x","PARAMS":{},"params":{"name":"safe"}}', { name: 'safe' })).toBe(
      '{"id":7,"params":{"name":"safe"}}',
    );
  },
);
