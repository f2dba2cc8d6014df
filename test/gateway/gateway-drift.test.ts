import { expect, test } from 'vitest';
import { mcpctl } from '../support/cli.ts';
import { driftingServer, tool } from '../support/drifting.ts';
import { makeToken, startGatewayIn } from '../support/gateway.ts';
import { legacyClient, type Message, modernRequest } from '../support/gateway-client.ts';

const namesOf = ({ result }: Message): string[] => result.tools.map(({ name }: Message) => name);

test('the gateway withholds what is not as it was locked, until it is approved', async () => {
  const home = await driftingServer([tool('look'), tool('keep')]);
  await home.lists([tool('new'), tool('keep'), tool('look', { description: 'Other.' })]);
  const token = await makeToken(home, 'test');
  const { url } = await startGatewayIn(home);
  const client = await legacyClient({ url, token });
  await client.listen();

  expect(namesOf(await client.request('tools/list'))).toEqual(['subject__keep']);
  expect((await client.call('subject__keep')).result.content[0].text).toBe('called keep');
  for (const name of ['look', 'new']) {
    const { error } = await client.call(`subject__${name}`);
    expect(error.data).toMatchObject({
      code: 'TOOL_DENIED',
      hint: expect.stringContaining('mcpctl approve subject'),
    });
  }
  const params = { name: 'subject__look', arguments: {} };
  const modern = await modernRequest({ url, token, method: 'tools/call', params });
  expect(modern.messages.at(-1).error.data.code).toBe('TOOL_DENIED');

  expect((await mcpctl(['approve', 'subject', '--yes'], home)).status).toBe(0);
  await client.message(({ method }) => method === 'notifications/tools/list_changed');
  expect(namesOf(await client.request('tools/list')).sort()).toEqual([
    'subject__keep',
    'subject__look',
    'subject__new',
  ]);
  expect((await client.call('subject__look')).result.content[0].text).toBe('called look');
});

test('the gateway withholds what changes in the middle of a session', async () => {
  const home = await driftingServer([tool('look'), tool('keep')]);
  const token = await makeToken(home, 'test');
  const { url } = await startGatewayIn(home);
  const client = await legacyClient({ url, token });
  await client.listen();
  expect(namesOf(await client.request('tools/list'))).toEqual(['subject__look', 'subject__keep']);
  await home.lists([tool('look', { description: 'Other.' }), tool('keep')]);

  await client.message(({ method }) => method === 'notifications/tools/list_changed');
  expect(namesOf(await client.request('tools/list'))).toEqual(['subject__keep']);
  expect((await client.call('subject__look')).error.data.code).toBe('TOOL_DENIED');
});
