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

test('gives a plain call its id, its name and our _meta, and leaves every other byte', () => {
  const args = '{ "n":1e400, "t":"\\u00e9é", "deep":{"name":"kept","_meta":{}} }';
  const meta = { traceparent: '00-a', progressToken: 7, gone: undefined };
  const given = { params: { name: 'x' }, more: { meta, input: { responses: undefined, state: undefined } } };

  expect(
    lineOf(
      ` {"method":"tools/call", "id" : "a","params":{"arguments":${args} ,"name": "srv__x" },"jsonrpc":"2.0"}`,
      given.params,
      given.more,
    ),
  ).toBe(
    ` {"method":"tools/call", "id" : 7,"params":{"arguments":${args} ,"name": "x" ,"_meta":{"traceparent":"00-a","progressToken":7}},"jsonrpc":"2.0"}\n`,
  );
});

test.each([
  ['a name that comes twice', '{"id":1,"params":{"name":"evil","name":"srv__x","arguments":{}}}'],
  ['params that come twice', '{"id":1,"params":{"name":"evil"},"params":{"name":"srv__x","arguments":{}}}'],
  ['an id that comes twice', '{"id":1,"params":{"name":"srv__x","arguments":{}},"id":2}'],
  ['a name written with escapes', '{"id":1,"params":{"n\\u0061me":"srv__x","arguments":{}}}'],
])('sends one of each where a line has %s', (_what, line) => {
  const sent = lineOf(line, { name: 'x' });

  expect(sent).not.toContain('evil');
  expect(sent.match(/"id"/g)).toHaveLength(1);
  expect(JSON.parse(sent)).toEqual({ id: 7, params: { name: 'x', arguments: {} } });
});
