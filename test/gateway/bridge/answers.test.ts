import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { type AnswerBridge, bridgeAnswer } from '../../../src/gateway/bridge/answers.ts';

const INFO = 'io.modelcontextprotocol/serverInfo';
const serverInfo = { name: 's', version: '1' };
const capabilities = { elicitation: { url: {} } };

function bridged(answer: JsonObject, bridge: Omit<AnswerBridge, 'serverInfo' | 'capabilities'>, able = true) {
  const line = Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 7, ...answer }));
  const isError = 'error' in answer;
  const options = { serverInfo, capabilities: able ? capabilities : {}, ...bridge };
  const result = bridgeAnswer({ line, isError }, options);
  return { ...JSON.parse(result.line.toString()), isError: result.isError };
}

const content = [{ type: 'text', text: 'hi' }];
const toModern = { method: 'tools/call', from: 'legacy', to: 'modern' } as const;
const toLegacy = { method: 'tools/call', from: 'modern', to: 'legacy' } as const;

test('gives a modern client what results of its era have', () => {
  expect(bridged({ result: { content } }, toModern).result).toEqual({
    content,
    resultType: 'complete',
    _meta: { [INFO]: serverInfo },
  });
  expect(bridged({ result: { contents: [] } }, { ...toModern, method: 'resources/read' }).result).toEqual({
    contents: [],
    resultType: 'complete',
    ttlMs: 0,
    cacheScope: 'private',
    _meta: { [INFO]: serverInfo },
  });
});

test('takes from a legacy client what its era does not know, and nothing else', () => {
  const result = { resultType: 'complete', content, ttlMs: 5, _meta: { [INFO]: serverInfo, own: 1 } };

  expect(bridged({ result }, toLegacy).result).toEqual({ content, ttlMs: 5, _meta: { own: 1 } });
  expect(
    bridged(
      { result: { resultType: 'complete', contents: [], ttlMs: 5, cacheScope: 'public' } },
      { ...toLegacy, method: 'resources/read' },
    ).result,
  ).toEqual({ contents: [] });
});

test('leaves the bytes alone within one era, and where the answer itself says that it is so', () => {
  const legacy = Buffer.from('{ "id":1,"result":{"content":[{"text":"\\"resultType\\"","n":1e400}]} }');
  const modern = Buffer.from('{ "id":1,"result":{"n":12345678901234567890,"resultType":"complete"} }');
  const keep = (line: Buffer, bridge: Pick<AnswerBridge, 'to' | 'from'>): boolean =>
    bridgeAnswer({ line, isError: false }, { method: 'tools/call', serverInfo, capabilities, ...bridge })
      .line === line;

  expect(keep(legacy, { from: 'legacy', to: 'legacy' })).toBe(true);
  expect(keep(modern, { from: 'modern', to: 'modern' })).toBe(true);
  expect(keep(legacy, { to: 'legacy' })).toBe(true);
  expect(keep(modern, { to: 'modern' })).toBe(true);
  expect(keep(legacy, { to: 'modern' })).toBe(false);
  expect(keep(modern, { to: 'legacy' })).toBe(false);
});

test('keeps numbers of any size on the way', () => {
  const line = Buffer.from('{"id":1,"result":{"structuredContent":{"n":12345678901234567890}}}');
  const { line: there } = bridgeAnswer(
    { line, isError: false },
    { method: 'tools/call', to: 'modern', serverInfo, capabilities },
  );

  expect(there.toString()).toContain('{"n":12345678901234567890}');
});

test.each([
  ['resources/read', 'modern', { code: -32002, message: 'gone' }, -32602],
  ['tools/call', 'modern', { code: -32002, message: 'gone' }, -32002],
  ['resources/read', 'legacy', { code: -32602, message: 'gone', data: { uri: 'x:y' } }, -32002],
  ['resources/read', 'legacy', { code: -32602, message: 'no uri' }, -32602],
  ['tools/call', 'legacy', { code: -32021, message: 'needs sampling' }, -32603],
  ['tools/call', 'legacy', { code: -32022, message: 'which version' }, -32603],
  ['tools/call', 'legacy', { code: -32000, message: 'own' }, -32000],
] as const)('tells a client of %s in the %s era %j as %i', (method, to, error, code) => {
  const { error: told, isError } = bridged({ error: { ...error } }, { method, to });

  expect(isError).toBe(true);
  expect(told).toEqual({ ...error, code });
});

test('asks a modern client to visit the addresses a legacy server cannot do without', () => {
  const elicitations = [
    { mode: 'url', elicitationId: 'e-1', url: 'https://a.example/x', message: 'Sign in' },
  ];
  const error = { code: -32042, message: 'URL needed', data: { elicitations } };

  expect(bridged({ error }, toModern)).toEqual({
    jsonrpc: '2.0',
    id: 7,
    isError: false,
    result: {
      resultType: 'input_required',
      inputRequests: {
        visit1: {
          method: 'elicitation/create',
          params: { mode: 'url', url: 'https://a.example/x', message: 'Sign in' },
        },
      },
    },
  });
  expect(bridged({ error }, toModern, false).error).toEqual({
    code: -32021,
    message: 'URL needed',
    data: { requiredCapabilities: { elicitation: { url: {} } } },
  });
});
