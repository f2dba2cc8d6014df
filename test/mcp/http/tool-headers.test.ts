import { expect, test } from 'vitest';
import { headerParameters } from '../../../src/mcp/http/header-parameters.ts';
import { json, type Received, type Respond, scriptedServer } from '../../support/http-servers.ts';
import { answer, open, wire } from '../../support/remote-session.ts';

const _meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };

const property = (schema: object): object => ({ type: 'object', properties: { a: schema } });

test.each([
  [{ type: 'string', 'x-mcp-header': 'Region' }, [['region', ['a']]]],
  [{ type: ['integer', 'null'], 'x-mcp-header': 'N' }, [['n', ['a']]]],
  [property({ type: 'boolean', 'x-mcp-header': 'Deep' }), [['deep', ['a', 'a']]]],
  [{ type: 'string', default: { 'x-mcp-header': '' }, enum: [{ 'x-mcp-header': 1 }] }, []],
  [{ type: 'object', properties: { 'x-mcp-header': { type: 'string' } } }, []],
  [{ type: 'array', items: { type: 'object', properties: { 'x-mcp-header': { type: 'string' } } } }, []],
])('finds the headers of %j', (schema, found) => {
  expect(headerParameters(property(schema))).toEqual(new Map(found as [string, string[]][]));
});

const annotated = { type: 'string', 'x-mcp-header': 'A' };

test.each([
  property({ type: 'string', 'x-mcp-header': '' }),
  property({ type: 'string', 'x-mcp-header': 7 }),
  property({ type: 'string', 'x-mcp-header': 'a b' }),
  property({ type: 'number', 'x-mcp-header': 'A' }),
  property({ 'x-mcp-header': 'A' }),
  property({ type: ['string', 'integer'], 'x-mcp-header': 'A' }),
  { ...annotated, type: 'object' },
  { type: 'object', properties: { a: annotated, b: { type: 'string', 'x-mcp-header': 'a' } } },
  property({ type: 'array', items: annotated }),
  property({ type: 'array', items: property(annotated) }),
  property({ oneOf: [annotated] }),
  property({ anyOf: [{ allOf: [property(annotated)] }] }),
  { ...property({}), $defs: { thing: annotated } },
  { ...property({}), if: property(annotated) },
  property({ type: 'object', additionalProperties: annotated }),
  property({ type: 'object', patternProperties: { '^x': annotated } }),
])('finds what is wrong with the headers of %j', (schema) => {
  expect(headerParameters(schema)).toHaveProperty('violation');
});

const tool = (name: string, header: string): object => ({
  name,
  inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': header } } },
});

const requests = (received: readonly Received[], method: string): Received[] =>
  received.filter(({ body }) => body?.method === method);

test('leaves out tools whose headers break the rules, and says so once', async () => {
  const tools = [tool('good', 'Region'), tool('bad', 'my region'), { name: 'plain', inputSchema: {} }];
  const server = await scriptedServer((received, response) =>
    answer(received, response, { tools, ttlMs: 7 }),
  );
  const told: string[] = [];
  const { send, messages } = await wire(server.origin, { tell: (line) => void told.push(line) });
  await send({ id: 1, method: 'tools/list', params: { _meta } });
  await send({ id: 2, method: 'tools/list', params: { _meta } });
  await send({ id: 3, method: 'tools/list', params: {} });

  const offered = { tools: [tools[0], tools[2]], ttlMs: 7 };
  expect(messages).toMatchObject([
    { id: 1, result: offered },
    { id: 2, result: offered },
    // Before 2026-07-28 the annotation means nothing.
    { id: 3, result: { tools, ttlMs: 7 } },
  ]);
  expect(told).toEqual(['mcpctl: The tool bad is not offered: its schema names no header for region.']);
});

/** A strict server of the stateless era whose tool wants the header named `wanted`. */
function strict(wanted: { header: string }, pages = 1): Respond {
  return (received, response) => {
    const { method, params, id } = received.body;
    if (method === 'tools/list') {
      const page = Number(params.cursor ?? 1);
      const nextCursor = page < pages ? String(page + 1) : undefined;
      const tools = page === pages ? [tool('go', wanted.header)] : [];
      return answer(received, response, { tools, nextCursor });
    }
    const value = received.headers[`mcp-param-${wanted.header.toLowerCase()}`];
    if (value === params.arguments.region) return answer(received, response, { resultType: 'complete' });
    json(response, { jsonrpc: '2.0', id, error: { code: -32020, message: 'Header mismatch' } }, 400);
  };
}

const call = (id: number): object => ({
  id,
  method: 'tools/call',
  params: { name: 'go', arguments: { region: 'eu' }, _meta: { ..._meta, progressToken: 't' } },
});

test('looks at the tools anew when the server misses a header, on every page, and calls once more', async () => {
  const wanted = { header: 'Region' };
  const server = await scriptedServer(strict(wanted, 2));
  const { send, messages } = await wire(server.origin);
  await send(call(1));
  wanted.header = 'Place';
  await send(call(2));

  expect(messages).toMatchObject([
    { id: 1, result: {} },
    { id: 2, result: {} },
  ]);
  const lists = requests(server.received, 'tools/list');
  expect(lists.map(({ body }) => body.params)).toEqual([
    { _meta },
    { _meta, cursor: '2' },
    { _meta },
    { _meta, cursor: '2' },
  ]);
  expect(lists[0]?.headers).toMatchObject({
    'mcp-method': 'tools/list',
    'mcp-protocol-version': '2026-07-28',
  });
  expect(requests(server.received, 'tools/call')).toHaveLength(4);
});

test('hands on a mismatch that no other header mends, without a second call', async () => {
  const server = await scriptedServer((received, response) => {
    if (received.body.method === 'tools/list') answer(received, response, { tools: [] });
    else json(response, { jsonrpc: '2.0', id: null, error: { code: -32020, message: 'No' } }, 400);
  });
  const { send, messages } = await wire(server.origin);
  await send(call(1));

  expect(messages).toEqual([{ jsonrpc: '2.0', id: 1, error: { code: -32020, message: 'No' } }]);
  expect(requests(server.received, 'tools/call')).toHaveLength(1);
});

test.each([
  [-32022, 400, { supported: ['2026-07-28'] }],
  [-32021, 400, { requiredCapabilities: {} }],
  [-32601, 404, undefined],
])('hands on the error %i of the stateless era as it is', async (code, status, data) => {
  const error = { code, message: 'x', ...(data && { data }) };
  const server = await scriptedServer(({ body }, response) =>
    json(response, { jsonrpc: '2.0', id: body.id, error }, status),
  );
  const { send, messages } = await wire(server.origin);
  await send({ id: 1, method: 'server/discover', params: { _meta } });

  expect(messages).toEqual([{ jsonrpc: '2.0', id: 1, error }]);
  expect(server.received).toHaveLength(1);
});

test('neither begins a session nor resumes a stream in the stateless era', async () => {
  const server = await scriptedServer((_received, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'mcp-session-id': 's1' });
    response.end('id: 1\nretry: 1\ndata:\n\n');
  });
  const session = wire(server.origin);
  const { send } = await session;

  await expect(send({ id: 1, method: 'tools/list', params: { _meta } })).rejects.toMatchObject({
    code: 'SERVER_UNREACHABLE',
  });
  await expect(send({ id: 2, method: 'tools/list', params: { _meta } })).rejects.toThrow();
  expect(server.received.map(({ method }) => method)).toEqual(['POST', 'POST']);
  for (const { headers } of server.received) {
    expect(headers).not.toHaveProperty('mcp-session-id');
    expect(headers).not.toHaveProperty('last-event-id');
  }
});

test('speaks the stateless era with a session of our own as well', async () => {
  const server = await scriptedServer((received, response) => {
    if (received.body.method === 'server/discover')
      answer(received, response, { supportedVersions: ['2026-07-28'], capabilities: {} });
    else strict({ header: 'Region' })(received, response);
  });
  const session = await open(server.origin, { first: 'discover' });

  expect(await session.request('tools/call', { name: 'go', arguments: { region: 'eu' } })).toEqual({
    resultType: 'complete',
  });
});
