import { expect, test } from 'vitest';
import { MCPCTL, mcpctl } from '../../support/cli.ts';
import { gatewayHome, makeToken, startGateway } from '../../support/gateway.ts';
import { legacyClient } from '../../support/gateway-client.ts';
import { sendRequest } from '../../support/loopback.ts';
import { fixtureEntry } from '../../support/servers.ts';
import { terminal } from '../../support/terminal.ts';

const servers = { echo: fixtureEntry('echo'), asks: fixtureEntry('asks') };
const bearer = (token: string | undefined) => ({ headers: { authorization: `Bearer ${token}` } });

test('each principal sees the servers and its own calls at /dashboard', async () => {
  const gateway = await startGateway({ servers, tokens: ['ada', 'bob'] });
  const base = `${new URL(gateway.url).origin}/dashboard`;
  const client = await legacyClient({ url: gateway.url, token: gateway.tokens.ada ?? '' });
  await client.call('echo__echo', { message: 'hi' });

  const page = await sendRequest(`${base}/`);
  expect(page.status).toBe(200);
  expect(page.body).toContain('data-entrance="token"');
  expect((await sendRequest(base)).headers.location).toBe('/dashboard/');
  expect((await sendRequest(`${base}/api/state`)).status).toBe(401);
  expect((await sendRequest(`${base}/api/state`, bearer('mcpctl_nobodys'))).status).toBe(401);
  const state = JSON.parse((await sendRequest(`${base}/api/state`, bearer(gateway.tokens.bob))).body).data;
  expect(state.viewer).toEqual({ principal: 'bob', isOwner: false });
  expect(state.observation.servers).toMatchObject([{ name: 'echo', state: 'healthy' }, { name: 'asks' }]);
  expect(state.observation.processes).toEqual([]);
  expect(state.activity.tools).toMatchObject([{ server: 'echo', tool: 'echo', calls: 1 }]);
  const calls = async (name: string) =>
    JSON.parse((await sendRequest(`${base}/api/calls`, bearer(gateway.tokens[name]))).body).data.calls;
  expect(await calls('bob')).toEqual([]);
  const mine = await calls('ada');
  // Without a keychain the log is not sealed and knows nobody: then nobody is shown anything.
  for (const call of mine) expect(call).toMatchObject({ server: 'echo', what: 'echo', outcome: 'ok' });
});

test('a token that is revoked ends what its owner looks at', async () => {
  const gateway = await startGateway({ servers, tokens: ['ada'] });
  const base = `${new URL(gateway.url).origin}/dashboard`;
  const stream = await fetch(`${base}/api/events`, bearer(gateway.token));
  expect(stream.status).toBe(200);
  const ended = stream.text();

  await mcpctl(['gateway', 'token', '--revoke', 'ada'], gateway);

  await ended;
  expect((await sendRequest(`${base}/api/state`, bearer(gateway.token))).status).toBe(401);
});

test('pages of other sites, of other ports and of rebound names get nothing', async () => {
  const gateway = await startGateway({ servers });
  const base = `${new URL(gateway.url).origin}/dashboard`;
  const { authorization } = bearer(gateway.token).headers;

  for (const [name, value] of [
    ['host', 'evil.example'],
    ['origin', 'https://evil.example'],
    ['origin', 'http://127.0.0.1:1'],
    ['sec-fetch-site', 'same-site'],
  ] as const) {
    const got = await sendRequest(`${base}/api/state`, { headers: { authorization, [name]: value } });
    expect(got.status).toBe(403);
  }
});

test('the terminal it was started in gets a link for the owner; programs that read its output get none', async () => {
  const home = await gatewayHome({ servers });
  await makeToken(home, 'ada');
  const variables = Object.entries(home.env).map(([name, value]) => `${name}='${value}'`);
  const session = await terminal(
    home,
    `env -i TERM=screen ${variables.join(' ')} ${process.execPath} ${MCPCTL} gateway --http --port 0\n`,
    { columns: 120, rows: 24 },
  );
  await session.shows('Dashboard, for one browser:');
  const link = new URL(/http:\/\/\S+#code=[\w-]{22}/.exec(await session.screen())?.[0] ?? '');

  const answer = await fetch(`${link.origin}/dashboard/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: link.hash.slice('#code='.length) }),
  });
  const { data } = (await answer.json()) as { data: { session: string } };
  const state = await sendRequest(`${link.origin}/dashboard/api/state`, bearer(data.session));

  expect(JSON.parse(state.body).data.viewer).toEqual({ isOwner: true });
  expect(JSON.parse(state.body).data.observation.processes).toMatchObject([{ kind: 'gateway' }]);
  const piped = await startGateway({ servers, tokens: ['bob'] });
  expect(piped.stdout() + piped.stderr()).not.toContain('#code=');
});
