import { expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { fixtureEntry } from '../../support/servers.ts';
import { modernMeta, type TestClient, until } from './hub-world.ts';
import { realHub } from './real-hub.ts';

const various = fixtureEntry('various');
const elicitation = { elicitation: {} };
const accepted = { action: 'accept', content: { name: 'Ann' } };

async function ask(client: TestClient, message: string, more: JsonObject = {}): Promise<JsonObject> {
  const params = { name: 'various__ask', arguments: { message }, _meta: modernMeta(elicitation), ...more };
  return await client.result('tools/call', params);
}

test('a modern client answers what a legacy server asks, each call its own', async () => {
  const { client } = await realHub({ servers: { various } });
  const modern = client({ era: 'modern' });

  const [one, two] = await Promise.all([ask(modern, 'One?'), ask(modern, 'Two?')]);

  expect(one).toMatchObject({
    resultType: 'input_required',
    inputRequests: { input1: { method: 'elicitation/create', params: { message: 'One?' } } },
  });
  expect(two?.inputRequests).toMatchObject({ input1: { params: { message: 'Two?' } } });
  const answers = await Promise.all(
    [two, one].map(async (asked, index) =>
      ask(modern, index === 0 ? 'Two?' : 'One?', {
        requestState: asked?.requestState as string,
        inputResponses: { input1: { ...accepted, content: { index } } },
      }),
    ),
  );
  expect(answers.map(({ resultType }) => resultType)).toEqual(['complete', 'complete']);
  expect(answers.map(({ content }) => JSON.parse((content as { text: string }[])[0]?.text ?? ''))).toEqual([
    { action: 'accept', content: { index: 0 } },
    { action: 'accept', content: { index: 1 } },
  ]);
});

test('nobody goes on with the call of another principal', async () => {
  const { client } = await realHub({ servers: { various } });
  const asked = await ask(client({ era: 'modern' }), 'Who?');
  const other = client({ era: 'modern', principal: 'other' });

  const answer = await other.request('tools/call', {
    name: 'various__ask',
    arguments: { message: 'Who?' },
    requestState: asked.requestState as string,
    inputResponses: { input1: accepted },
    _meta: modernMeta(elicitation),
  });

  expect(answer).toMatchObject({ error: { code: -32602 } });
});

test('a client of either era gets answers of its own from a server of either', async () => {
  const { client } = await realHub({ servers: { legacy: various, modern: fixtureEntry('modern') } });
  const [old, recent] = [client(), client({ era: 'modern' })];
  const names = async (): Promise<string[]> =>
    ((await old.result('tools/list')).tools as JsonObject[]).map(({ name }) => String(name));
  await until(
    async () =>
      (await names()).includes('legacy__who') && (await names()).some((name) => name.startsWith('modern__')),
  );
  const modernTool = (await names()).find((name) => name.startsWith('modern__')) as string;

  for (const name of ['legacy__who', modernTool]) {
    const params = { name, arguments: {} };
    expect(await old.result('tools/call', params)).not.toHaveProperty('resultType');
    expect(await recent.result('tools/call', { ...params, _meta: modernMeta() })).toHaveProperty(
      'resultType',
      'complete',
    );
  }
});

test('questions of a modern server reach clients of both eras', async () => {
  const { client } = await realHub({ servers: { modern: fixtureEntry('modern') } });
  const questions: string[] = [];
  const old = client({
    ask: async ({ params }) => {
      questions.push(String(params.message));
      return accepted;
    },
  });
  await old.result('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: elicitation,
    clientInfo: { name: 'x', version: '1' },
  });
  const recent = client({ era: 'modern' });
  const params = { name: 'modern__greet', arguments: {} };
  const greeted = [{ type: 'text', text: 'hello Ann' }];

  expect((await old.result('tools/call', params)).content).toEqual(greeted);
  expect(questions).toEqual(['Who?']);
  const asked = await recent.result('tools/call', { ...params, _meta: modernMeta(elicitation) });
  expect(asked).toMatchObject({ resultType: 'input_required', requestState: 'state-1' });
  const answered = await recent.result('tools/call', {
    ...params,
    requestState: 'state-1',
    inputResponses: { who: accepted },
    _meta: modernMeta(elicitation),
  });
  expect(answered.content).toEqual(greeted);
});
