import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TOOLS } from '../../support/oauth/protected-tools.ts';
import { homeWithServer, runningClient, signedInHome, startedClient, type World, whoami } from './fleet.ts';

const SIGN_IN = ['--sign-in', '--store', 'file'];

test('without --sign-in, run answers with the command to type and opens nothing', async () => {
  const here = await homeWithServer();
  const { error } = JSON.parse(await startedClient(here).answer(0));

  expect(error.message).toContain('Try: mcpctl auth login remote');
  expect(error.data).toEqual({ code: 'SIGN_IN_NEEDED', hint: 'mcpctl auth login remote' });
  expect(await here.browser.started()).toEqual([]);
});

test('--sign-in opens the browser once for all who start together, and later ones need none', async () => {
  const here = await homeWithServer();
  const clients = await Promise.all([1, 2, 3].map(() => runningClient(here, ...SIGN_IN)));

  for (const client of clients) expect(await whoami(client, 1)).toContain('ada');
  expect(await whoami(await runningClient(here), 1)).toContain('ada');
  expect(await here.browser.started()).toHaveLength(1);
  expect(here.issuer.seen.exchanges()).toHaveLength(1);
});

test('a tool that wants more permissions is signed in for, and called again', async () => {
  const here = await homeWithServer();
  const client = await runningClient(here, ...SIGN_IN);

  expect(await whoami(client, 1, TOOLS.admin)).toContain('"result"');
  expect(await here.browser.started()).toHaveLength(2);
  const asked = here.issuer.seen.authorizations().map(({ query }) => query.get('scope')?.split(' '));
  expect(asked.filter(Boolean)).toEqual([
    ['read', 'offline_access'],
    ['read', 'admin', 'offline_access'],
  ]);
  expect(client.stderr()).toContain('admin (new)  administers');
});

test('without --sign-in, a tool that wants more permissions gets the command for them', async () => {
  const here = await signedInHome();
  const client = await runningClient(here);
  const { error } = JSON.parse(await whoami(client, 1, TOOLS.admin));

  expect(error.data.hint).toBe('mcpctl auth login remote --scope read,admin');
  expect(await whoami(client, 2)).toContain('ada');
  expect(await here.browser.started()).toHaveLength(1);
});

test('a sign-in that was declined is not asked for again', async () => {
  const here = await homeWithServer({}, { does: 'refuse' });
  const client = startedClient(here, ...SIGN_IN);

  expect(JSON.parse(await client.answer(0)).error.data.code).toBe('OAUTH_REFUSED');
  await client.closed;
  expect(await here.browser.started()).toHaveLength(1);
});

test('a server that tells the token does not get it into what run says or logs', async () => {
  const here = await signedInHome();
  await here.server.close();
  let token = '';
  const telling = createServer((request, response) => {
    token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`broken for ${token}`);
  }).listen(Number(new URL(here.server.url).port), '127.0.0.1');
  onTestFinished(() => void telling.close());
  const client = startedClient(here);
  const answer = await client.answer(0);
  await client.closed;

  expect(answer).toContain('broken for •••');
  expect(token.length).toBeGreaterThan(20);
  for (const text of [answer, client.stderr(), await logOf(here)]) expect(text).not.toContain(token);
});

async function logOf({ home }: World): Promise<string> {
  return await readFile(join(home, '.local/state/mcpctl/logs/remote.log'), 'utf8').catch(() => '');
}
