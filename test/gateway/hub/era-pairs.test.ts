import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { RpcRefusal } from '../../../src/mcp/peer.ts';
import { entryOf } from '../../support/upstream.ts';
import { modernMeta, type TestClient } from './hub-world.ts';
import { type RealHub, realHub } from './real-hub.ts';

const CAPABILITIES = { elicitation: {}, sampling: {}, roots: {} };
const ADA = { action: 'accept', content: { name: 'Ada' } };
const HELLO = { role: 'assistant', model: 'm', content: { type: 'text', text: 'Hello' } };
const ROOTS = { roots: [{ uri: 'file:///home' }] };
const ANSWERS: Record<string, JsonObject> = {
  'elicitation/create': ADA,
  'sampling/createMessage': HELLO,
  'roots/list': ROOTS,
};

/** Calls a tool as a client of one era does, answering what it is asked; settles with the whole answer. */
type Call = (name: string, args?: JsonObject) => Promise<JsonObject>;

async function legacyCaller({ client }: RealHub, capabilities: JsonObject): Promise<Call> {
  const one = client({
    async ask({ method }) {
      const answer = ANSWERS[method];
      if (!answer) throw new RpcRefusal(-32601, 'no');
      return answer;
    },
  });
  await one.result('initialize', {
    protocolVersion: '2025-11-25',
    capabilities,
    clientInfo: { name: 'x', version: '1' },
  });
  return (name, args = {}) => one.request('tools/call', { name: `fixture__${name}`, arguments: args });
}

async function modernCaller({ client }: RealHub, capabilities: JsonObject): Promise<Call> {
  const one = client({ era: 'modern' });
  return async (name, args = {}) => {
    let params: JsonObject = { name: `fixture__${name}`, arguments: args };
    for (;;) {
      const answer = await one.request('tools/call', { ...params, _meta: modernMeta(capabilities) });
      const result = answer.result as JsonObject | undefined;
      if (result?.resultType !== 'input_required') return answer;
      const { inputRequests = {}, requestState } = result as Record<
        string,
        Record<string, { method: string }>
      >;
      const inputResponses = Object.fromEntries(
        Object.entries(inputRequests).map(([key, { method }]) => [key, ANSWERS[method] ?? {}]),
      );
      params = {
        ...params,
        inputResponses,
        ...(requestState !== undefined && { requestState }),
      } as JsonObject;
    }
  };
}

function textOf({ result }: JsonObject): string {
  const { content } = result as { content: { text: string }[] };
  return content[0]?.text ?? '';
}

const combinations = (['legacy', 'modern'] as const).flatMap((client) =>
  (['legacy', 'modern'] as const).flatMap((server) =>
    (['stdio', 'http'] as const).map((way) => [client, server, way] as const),
  ),
);

describe.each(combinations)('a %s client and a %s server over %s', (client, server, way) => {
  const open = async (capabilities: JsonObject = CAPABILITIES): Promise<Call> => {
    const hub = await realHub({ servers: { fixture: await entryOf('conformance', way, ['--era', server]) } });
    return client === 'legacy' ? legacyCaller(hub, capabilities) : modernCaller(hub, capabilities);
  };

  test('understand each other', async () => {
    const call = await open();
    const { result } = (await call('test_simple_text')) as { result: JsonObject };

    expect(textOf({ result })).toContain('simple text');
    expect(result.resultType).toBe(client === 'modern' ? 'complete' : undefined);
  });

  test('ask and answer', async () => {
    const call = await open();

    expect(textOf(await call('test_input_required_result_elicitation'))).toBe('Hello, Ada!');
    expect(textOf(await call('test_sampling', { prompt: 'Hi' }))).toBe('LLM response: Hello');
    expect(textOf(await call('test_input_required_result_list_roots'))).toBe('Roots: file:///home');
    expect(textOf(await call('test_input_required_result_multiple_inputs'))).toBe(
      'Hello Ada at file:///home',
    );
    expect(textOf(await call('test_input_required_result_multi_round'))).toMatch(/^Ada likes/);
  });

  test('ask nothing the client did not declare', async () => {
    const call = await open({ elicitation: {} });

    const refused = await call('test_sampling', { prompt: 'Hi' });

    expect(JSON.stringify(refused)).toMatch(/"error"|"isError":true/);
    expect(textOf(await call('test_input_required_result_elicitation'))).toBe('Hello, Ada!');
  });
});

test('a modern client learns which capability a legacy server wanted', async () => {
  const hub = await realHub({
    servers: { fixture: await entryOf('conformance', 'stdio', ['--era', 'legacy']) },
  });
  const call = await modernCaller(hub, {});

  expect((await call('test_missing_capability')).error).toMatchObject({
    code: -32021,
    data: { requiredCapabilities: { sampling: {} } },
  });
});

async function read(client: TestClient, era: string): Promise<JsonObject> {
  const uri = 'test://no-such-thing';
  return await client.request('resources/read', era === 'modern' ? { uri, _meta: modernMeta() } : { uri });
}

test.each([
  ['legacy', 'legacy', -32002],
  ['legacy', 'modern', -32002],
  ['modern', 'legacy', -32602],
  ['modern', 'modern', -32602],
] as const)('tells a %s client of a resource a %s server has not as %i', async (era, server, code) => {
  const { client } = await realHub({
    servers: { fixture: await entryOf('conformance', 'stdio', ['--era', server]) },
  });

  expect((await read(client({ era }), era)).error).toMatchObject({ code });
});
