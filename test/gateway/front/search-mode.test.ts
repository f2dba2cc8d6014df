import { expect, test } from 'vitest';
import { mcpctl, mcpctlJson, start } from '../../support/cli.ts';
import { gatewayHome, makeToken, startGatewayIn, writeSettings } from '../../support/gateway.ts';
import { legacyClient, type Message, modernRequest } from '../../support/gateway-client.ts';
import { initialize, lineClient } from '../../support/line-client.ts';
import { fixtureEntry } from '../../support/servers.ts';

const servers = { echo: fixtureEntry('echo'), asks: fixtureEntry('asks') };
const profiles = {
  echoing: { allow: ['echo'], mode: 'search' },
  counting: { allow: ['asks/steps'] },
};
const names = ({ tools }: Message): string[] => tools.map(({ name }: Message) => name);

test('search mode works on stdin and stdout, its calls are recorded under their real names', async () => {
  const home = await gatewayHome({ servers, settings: { audit: { key: 'file' } } });
  const client = lineClient(start(['gateway', '--mode', 'search'], home));
  client.send(initialize());
  expect(JSON.parse(await client.answer(0)).result.instructions).toContain('echo, asks');
  client.send({ id: 1, method: 'tools/list' });
  expect(names(JSON.parse(await client.answer(1)).result)).toEqual(['find_tools', 'call_tool']);

  client.send({
    id: 2,
    method: 'tools/call',
    params: { name: 'find_tools', arguments: { task: 'echo a message' } },
  });
  const found = JSON.parse(JSON.parse(await client.answer(2)).result.content[0].text);
  expect(found.tools[0].name).toBe('echo__echo');
  const call = (id: number, args: object): void =>
    client.send({ id, method: 'tools/call', params: { name: 'call_tool', arguments: args } });
  call(3, { name: 'echo__echo', arguments: { message: 'hi' } });
  expect(JSON.parse(await client.answer(3)).result.content[0].text).toBe('hi');
  call(4, { name: 'echo__echo', arguments: { message: 7 } });
  expect(JSON.parse(await client.answer(4)).result).toMatchObject({ isError: true });
  expect(await client.end()).toBe(0);

  const { document } = await mcpctlJson(['audit', 'query'], home);
  const rows = (document.data as Message).calls.map(({ server, tool, outcome }: Message) => [
    server,
    tool,
    outcome,
  ]);
  expect(rows.toSorted()).toEqual([
    ['echo', 'echo', 'ok'],
    ['echo', 'echo', 'tool_error'],
  ]);
});

test('over HTTP clients of both eras find, call, are asked, hear progress, and keep to their profiles', async () => {
  const home = await gatewayHome({ servers, settings: { gateway: { mode: 'search', profiles } } });
  const token = await makeToken(home, 'ada');
  const made = await mcpctl(['gateway', 'token', '--name', 'bob', '--profile', 'counting'], home);
  const bob = made.stdout.trim();
  const { url } = await startGatewayIn(home);

  const legacy = await legacyClient({
    url,
    token,
    capabilities: { elicitation: {} },
    answer: () => ({ action: 'accept', content: { name: 'Ada' } }),
  });
  const asked = await legacy.call('call_tool', {
    name: 'asks__ask',
    arguments: { method: 'elicitation/create' },
  });
  expect(asked.result.content[0].text).toContain('Ada');

  const modern = async (name: string, args: object, more: object = {}): Promise<Message[]> => {
    const params = { name, arguments: args, ...more };
    return (await modernRequest({ url, token, method: 'tools/call', params })).messages;
  };
  const [found] = await modern('find_tools', { task: 'take steps with progress', server: 'asks' });
  expect(found.result.resultType).toBe('complete');
  const call = { name: 'asks__steps', arguments: { count: 2, every: 1 } };
  const stepped = await modern('call_tool', call, { _meta: { progressToken: 'p' } });
  expect(stepped.filter(({ method }) => method === 'notifications/progress')).toHaveLength(2);
  expect(stepped.at(-1).result.content[0].text).toBe('done');

  const listed = async (path: string, token: string): Promise<Message> =>
    await modernRequest({ url: `${url}${path}`, token, method: 'tools/list' });
  expect(names((await listed('', token)).messages[0].result)).toEqual(['find_tools', 'call_tool']);
  expect(names((await listed('/echo', token)).messages[0].result)).toContain('echo');
  expect(names((await listed('?profile=counting', token)).messages[0].result)).toEqual([
    'find_tools',
    'call_tool',
  ]);
  expect((await listed('?profile=nope', token)).status).toBe(404);
  expect((await listed('?profile=echoing', bob)).status).toBe(404);
  expect((await listed('?profile=counting', bob)).status).toBe(200);
  const base = url.slice(0, -'/mcp'.length);
  const metrics = async (token: string): Promise<number> =>
    (await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status;
  expect([await metrics(token), await metrics(bob)]).toEqual([200, 403]);

  const outside = { name: 'call_tool', arguments: { name: 'echo__echo', arguments: { message: 'x' } } };
  const refused = await modernRequest({ url, token: bob, method: 'tools/call', params: outside });
  expect(refused.messages[0].result).toMatchObject({ isError: true });
  const inside = { name: 'call_tool', arguments: { name: 'asks/steps', arguments: { count: 1, every: 1 } } };
  const allowed = await modernRequest({ url, token: bob, method: 'tools/call', params: inside });
  expect(allowed.messages.at(-1).result.content[0].text).toBe('done');

  // Settings count at once, also for those who are connected.
  await writeSettings(home, { gateway: { mode: 'full', profiles: { counting: { allow: ['echo'] } } } });
  await expect
    .poll(async () => names((await listed('', token)).messages[0].result), { timeout: 60_000 })
    .toContain('echo__echo');
  expect(names((await listed('', bob)).messages[0].result).every((name) => name.startsWith('echo__'))).toBe(
    true,
  );
});

test('a gateway that was started for a profile knows no other, and one must be described', async () => {
  const home = await gatewayHome({ servers, settings: { gateway: { profiles } } });

  const unknown = await mcpctlJson(['gateway', '--profile', 'countin'], home);
  expect(unknown).toMatchObject({ status: 2, document: { error: { code: 'PROFILE_UNKNOWN' } } });
  expect(unknown.document.error?.hint).toContain('counting');
  const token = await mcpctlJson(['gateway', 'token', '--name', 'x', '--profile', 'nope'], home);
  expect(token.document.error?.code).toBe('PROFILE_UNKNOWN');

  const { url } = await startGatewayIn(home, ['--no-token', '--profile', 'counting']);
  const tools = async (path: string) => await modernRequest({ url: `${url}${path}`, method: 'tools/list' });
  expect(names((await tools('')).messages[0].result)).toEqual(['asks__steps']);
  expect((await tools('?profile=echoing')).status).toBe(404);
});
