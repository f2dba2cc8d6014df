import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Era } from '../../../src/mcp/greeting.ts';
import { RpcRefusal } from '../../../src/mcp/peer.ts';
import { callOf, entryOf, message, request, textOf, upstreamTo, type Way } from '../../support/upstream.ts';

const CAPABILITIES = { elicitation: {}, sampling: {}, roots: {} };

async function answer(method: string): Promise<JsonObject> {
  if (method === 'elicitation/create') return { action: 'accept', content: { name: 'Ada' } };
  if (method === 'roots/list') return { roots: [{ uri: 'file:///home' }] };
  return { role: 'assistant', model: 'm', content: { type: 'text', text: 'Hello' } };
}

const combinations = (['legacy', 'modern'] as const).flatMap((era) =>
  (['stdio', 'http'] as const).map((way): [Era, Way] => [era, way]),
);

describe.each(combinations)('a %s server over %s', (era, way) => {
  const open = async (capabilities = CAPABILITIES) =>
    await upstreamTo(await entryOf('conformance', way, ['--era', era]), { capabilities });

  test('is spoken to in its era', async () => {
    const eras = new Map<string, Era>();
    const { upstream } = await upstreamTo(await entryOf('conformance', way, ['--era', era]), { eras });

    expect(upstream.about).toMatchObject({ era, serverInfo: { name: 'conformance' } });
    expect(eras.get('fixture')).toBe(era);
    expect(message(await upstream.request(request('tools/list'))).result.tools.length).toBeGreaterThan(5);
    expect(message(await upstream.request(request('ping'))).result).toEqual({});
  });

  test('has its questions answered by who asked', async () => {
    const { upstream, heard } = await open();
    const ask = answer;
    const capabilities = CAPABILITIES;
    const call = (name: string, args = {}) => upstream.request(callOf(name, args, { ask, capabilities }));

    expect(textOf(await call('test_input_required_result_elicitation'))).toBe('Hello, Ada!');
    expect(textOf(await call('test_sampling', { prompt: 'Hi' }))).toBe('LLM response: Hello');
    expect(textOf(await call('test_input_required_result_multiple_inputs'))).toBe(
      'Hello Ada at file:///home',
    );
    expect(textOf(await call('test_input_required_result_multi_round'))).toMatch(/^Ada likes/);
    expect(heard.asked).toEqual([]);
  });

  test('hears of a refusal', async () => {
    const { upstream } = await open();
    const ask = async (): Promise<JsonObject> => {
      throw new RpcRefusal(-1, 'User rejected the request');
    };
    const refused = await upstream.request(
      callOf('test_sampling', { prompt: 'Hi' }, { ask, capabilities: CAPABILITIES }),
    );

    expect(JSON.stringify(message(refused))).toContain('User rejected the request');
  });

  test('reports progress and logs to who asked', async () => {
    const { upstream } = await open();
    const progress: JsonObject[] = [];
    const logged: JsonObject[] = [];
    await upstream.request(
      callOf('test_tool_with_progress', {}, { progress: (params) => void progress.push(params) }),
    );
    await upstream.request(
      callOf(
        'test_tool_with_logging',
        {},
        { logLevel: 'info', logged: (params) => void logged.push(params) },
      ),
    );

    expect(progress).toEqual([
      { progress: 0, total: 100 },
      { progress: 50, total: 100 },
      { progress: 100, total: 100 },
    ]);
    expect(logged.length).toBe(3);
  });

  test('gets the bytes of the client with another id and name, and its own _meta', async () => {
    const { upstream } = await open();
    const line = Buffer.from(
      '{"jsonrpc":"2.0","id":"client-1","method":"tools/call","params":{"name":"srv__test_error_handling",' +
        '"_meta":{"progressToken":"t","io.modelcontextprotocol/protocolVersion":"2099-01-01"}}}',
    );
    const answered = await upstream.request(callOf('test_simple_text', {}, { line }));

    expect(answered.isError).toBe(false);
    expect(textOf(answered)).toContain('simple text');
  });

  test('tells of an error as an answer', async () => {
    const { upstream } = await open();

    const unknown = await upstream.request(request('no/such'));

    expect(unknown.isError).toBe(true);
    expect(message(unknown).error.code).toBe(-32601);
  });

  test('tells of changes', async () => {
    const { upstream, heard } = await open();
    await upstream.request(callOf('test_trigger_tool_change'));
    await expect.poll(() => heard.notified.length, { timeout: 60_000 }).toBe(1);

    expect(heard.notified).toEqual([['notifications/tools/list_changed', {}]]);
  });
});
