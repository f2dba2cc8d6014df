import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type CallbackServer, listenForCallback } from '../../../src/auth/callback/listen.ts';
import type { CallbackPlace } from '../../../src/auth/sign-in-settings.ts';
import { sendRequest } from '../../support/loopback.ts';

const STATE = 'the-right-state';
const never = new AbortController().signal;

async function listening(place: Partial<CallbackPlace> = {}, holdMs?: number): Promise<CallbackServer> {
  const server = await listenForCallback(
    { host: '127.0.0.1', path: '/callback', ...place },
    holdMs === undefined ? {} : { holdMs },
  );
  onTestFinished(() => server.close());
  return server;
}

/** Waits for the right state and counts how often it arrived. */
function waiting(server: CallbackServer) {
  const arrived = vi.fn();
  const arrival = server.arrived(STATE, never);
  arrival.then(arrived, () => {});
  return { arrival, arrived };
}

const genuine = (server: CallbackServer): string => `${server.redirectUri}?code=the-code&state=${STATE}`;

/** A port somebody else listens on. */
async function busyPort(host: string): Promise<number> {
  const other = createServer((_, response) => response.end('hello'));
  other.listen(0, host);
  await once(other, 'listening');
  onTestFinished(() => {
    other.close();
    other.closeAllConnections();
  });
  return (other.address() as AddressInfo).port;
}

test('the redirect address names the port that is really bound', async () => {
  const first = await listening();
  const second = await listening({ path: '/oauth/back' });

  expect(first.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  expect(second.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/back$/);
  expect(first.redirectUri.split('/')[2]).not.toBe(second.redirectUri.split('/')[2]);
});

test('a fixed port is taken as it is, and free again after the end', async () => {
  const any = await listening({ host: 'localhost' });
  const port = Number(new URL(any.redirectUri).port);
  await any.close();

  for (const host of ['localhost', '127.0.0.1'] as const) {
    const server = await listening({ port, host });
    expect(server.redirectUri).toBe(`http://${host}:${port}/callback`);
    await server.close();
  }
});

test.for(['127.0.0.1', 'localhost'] as const)(
  'a port of another program is named as busy (%s)',
  async (host) => {
    const port = await busyPort('127.0.0.1');

    await expect(listening({ port, host })).rejects.toMatchObject({
      code: 'CALLBACK_PORT_BUSY',
      message: expect.stringContaining(`Port ${port}`),
      hint: expect.stringContaining(`lsof -i :${port}`),
    });
  },
);

test('localhost is busy too when only its other family is taken, and nothing stays open', async () => {
  const port = await busyPort('::1');

  await expect(listening({ port, host: 'localhost' })).rejects.toMatchObject({ code: 'CALLBACK_PORT_BUSY' });

  await expect(sendRequest(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a port that another sign-in waits on is said to be that', async () => {
  const other = await listening();
  const port = Number(new URL(other.redirectUri).port);

  await expect(listening({ port })).rejects.toMatchObject({
    code: 'CALLBACK_PORT_BUSY',
    message: `Another mcpctl sign-in is waiting on port ${port}.`,
  });
});

test('the genuine redirect arrives whole', async () => {
  const server = await listening();
  const { arrival } = waiting(server);

  const browser = sendRequest(`${genuine(server)}&iss=https%3A%2F%2Fissuer.example%2F&x=a+b`);

  const url = await arrival;
  expect(url.href).toBe(`${genuine(server)}&iss=https%3A%2F%2Fissuer.example%2F&x=a+b`);
  server.answer({ ok: true, server: 'linear' });
  expect((await browser).status).toBe(200);
});

test.for([
  ['a favicon', '/favicon.ico', {}, 404],
  ['the root', '/', {}, 404],
  ['a longer path', `/callback/?code=c&state=${STATE}`, {}, 404],
  ['an encoded path', `/callbac%6B?code=c&state=${STATE}`, {}, 404],
  ['a path in other case', `/Callback?code=c&state=${STATE}`, {}, 404],
  ['a doubled slash', `//callback?code=c&state=${STATE}`, {}, 404],
  ['an absolute target', '', { target: `http://127.0.0.1/callback?code=c&state=${STATE}` }, 404],
  ['HEAD', '', { method: 'HEAD' }, 405],
  ['OPTIONS', '', { method: 'OPTIONS' }, 405],
  ['POST', '', { method: 'POST' }, 405],
  ['PUT', '', { method: 'PUT' }, 405],
  ['a prefetch', '', { headers: { 'sec-purpose': 'prefetch' } }, 400],
  ['a prerender', '', { headers: { 'sec-purpose': 'prefetch;prerender' } }, 400],
  ['a preview of older browsers', '', { headers: { purpose: 'prefetch' } }, 400],
  ['another Host', '', { headers: { host: 'evil.example' } }, 400],
  ['a rebound Host with our port', '', { headers: { host: 'evil.example:PORT' } }, 400],
  ['a Host that begins like ours', '', { headers: { host: '127.0.0.1:PORT.evil.example' } }, 400],
  ['a Host without the port', '', { headers: { host: '127.0.0.1' } }, 400],
  ['no state', '/callback?code=c', {}, 400],
  ['an empty state', '/callback?code=c&state=', {}, 400],
  ['a wrong state', '/callback?code=c&state=wrong', {}, 400],
  ['a state in other case', `/callback?code=c&state=${STATE.toUpperCase()}`, {}, 400],
  ['a cut state', `/callback?code=c&state=${STATE.slice(0, -1)}`, {}, 400],
  ['two states', `/callback?code=c&state=${STATE}&state=wrong`, {}, 400],
  ['an error with a wrong state', '/callback?error=access_denied&state=wrong', {}, 400],
  ['an error without state', '/callback?error=access_denied', {}, 400],
] as const)('%s is refused and the listener stays', async ([, path, how, status]) => {
  const server = await listening();
  const { arrival, arrived } = waiting(server);
  const { port } = new URL(server.redirectUri);
  const url = path === '' ? genuine(server) : `http://127.0.0.1:${port}${path}`;
  const headers: Readonly<Record<string, string>> = 'headers' in how ? how.headers : {};
  const placed = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)]),
  );

  const refused = await sendRequest(url, { ...how, headers: placed });

  expect(refused.status).toBe(status);
  expect(refused.headers['access-control-allow-origin']).toBeUndefined();
  if (status === 405) expect(refused.headers.allow).toBe('GET');
  expect(arrived).not.toHaveBeenCalled();
  const browser = sendRequest(genuine(server));
  expect((await arrival).searchParams.get('code')).toBe('the-code');
  server.answer({ ok: true, server: 'linear' });
  expect((await browser).body).toContain('Signed in to linear');
});

test.for(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('the Host %s is ours', async (name) => {
  const server = await listening({ host: 'localhost' });
  const { arrival } = waiting(server);
  const { port } = new URL(server.redirectUri);

  const browser = sendRequest(genuine(server), { headers: { host: `${name}:${port}` } });

  await arrival;
  server.answer({ ok: true, server: 'linear' });
  expect((await browser).status).toBe(200);
});

test('localhost answers in both families, and a browser that tries both is served twice and counted once', async () => {
  const server = await listening({ host: 'localhost' });
  const { arrival, arrived } = waiting(server);

  const browsers = ['127.0.0.1', '::1'].map((address) => sendRequest(genuine(server), { address }));

  await arrival;
  server.answer({ ok: true, server: 'linear' });
  const pages = await Promise.all(browsers);
  expect(pages.map(({ status }) => status)).toEqual([200, 200]);
  expect(pages[0]?.body).toBe(pages[1]?.body);
  expect(arrived).toHaveBeenCalledTimes(1);
});

test('a denial with the right state is a genuine redirect', async () => {
  const server = await listening();
  const { arrival } = waiting(server);

  const browser = sendRequest(`${server.redirectUri}?error=access_denied&state=${STATE}`);

  expect((await arrival).searchParams.get('error')).toBe('access_denied');
  server.answer({ ok: false, server: 'linear', code: 'OAUTH_REFUSED', message: 'No.', next: 'mcpctl x' });
  expect((await browser).body).toContain('OAUTH_REFUSED');
});

test('the page waits for the outcome, and later deliveries get the same one', async () => {
  const server = await listening();
  const { arrival, arrived } = waiting(server);
  const early = [genuine(server), genuine(server)].map((url) => sendRequest(url));
  await arrival;
  const isStillWaiting = await Promise.race([...early, sendRequest(`${server.redirectUri}?state=wrong`)]);
  expect(isStillWaiting.status).toBe(400);

  server.answer({ ok: false, server: 'linear', code: 'OAUTH_REFUSED', message: 'No.', next: 'mcpctl x' });

  const pages = await Promise.all([...early, sendRequest(genuine(server))]);
  expect(pages.map(({ body }) => body)).toEqual(Array(3).fill(pages[0]?.body));
  expect(pages[0]?.body).toContain('Not signed in to linear');
  expect((await sendRequest(`${server.redirectUri}?state=wrong`)).status).toBe(400);
  expect(arrived).toHaveBeenCalledTimes(1);
});

test('a redirect that comes before anybody waits is judged when somebody does', async () => {
  const server = await listening();
  const wrong = sendRequest(`${server.redirectUri}?code=c&state=wrong`);
  const right = sendRequest(genuine(server));
  await expect(sendRequest(`${server.redirectUri}/other`)).resolves.toMatchObject({ status: 404 });

  await waiting(server).arrival;

  expect((await wrong).status).toBe(400);
  server.answer({ ok: true, server: 'linear' });
  expect((await right).status).toBe(200);
});

test('a browser that waited long is sent to the terminal', async () => {
  const server = await listening({}, 20);
  const { arrival } = waiting(server);

  const browser = sendRequest(genuine(server));

  await arrival;
  expect((await browser).body).toContain('Look at your terminal');
});

test('waiting again takes the new state only', async () => {
  const server = await listening();
  const first = server.arrived('older', never);
  const second = server.arrived(STATE, never);

  await expect(first).rejects.toMatchObject({ code: 'CANCELLED' });
  expect((await sendRequest(`${server.redirectUri}?code=c&state=older`)).status).toBe(400);
  const browser = sendRequest(genuine(server));
  await second;
  server.answer({ ok: true, server: 'linear' });
  expect((await browser).status).toBe(200);
});

test('waiting ends with the reason of the signal', async () => {
  const server = await listening();
  const stop = new AbortController();
  const arrival = server.arrived(STATE, stop.signal);

  stop.abort(new Error('enough'));

  await expect(arrival).rejects.toThrow('enough');
  await expect(server.arrived(STATE, stop.signal)).rejects.toThrow('enough');
});

test('closing sends what is owed and ends idle connections at once', async () => {
  const server = await listening();
  const { arrival } = waiting(server);
  const idle = connect(Number(new URL(server.redirectUri).port), '127.0.0.1');
  await once(idle, 'connect');
  const browser = sendRequest(genuine(server));
  await arrival;

  server.answer({ ok: true, server: 'linear' });
  await Promise.all([server.close(), once(idle.resume(), 'close')]);

  expect((await browser).body).toContain('Signed in to linear');
  await expect(sendRequest(genuine(server))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('closing unanswered ends the waiting of both sides', async () => {
  const server = await listening();
  const lost = server.arrived(STATE, never);
  const outcome = expect(lost).rejects.toMatchObject({ code: 'CANCELLED' });
  await server.close();
  await outcome;

  const other = await listening();
  const { arrival } = waiting(other);
  const browser = sendRequest(genuine(other));
  await arrival;
  await other.close();
  expect((await browser).body).toContain('Look at your terminal');
});

test('nothing of the address is kept or passed on', async () => {
  const server = await listening();

  const { arrival } = waiting(server);
  const browser = sendRequest(genuine(server));
  await arrival;
  server.answer({ ok: true, server: 'linear' });

  const { headers, body } = await browser;
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  expect(body).not.toContain('the-code');
  expect(body).not.toContain(STATE);
});

test('the cookies of other local programs do not stand in the way, an endless header does', async () => {
  const server = await listening();
  const { arrival } = waiting(server);
  const flood = await sendRequest(genuine(server), { headers: { cookie: 'a'.repeat(80_000) } });
  expect(flood.status).toBe(431);

  const browser = sendRequest(genuine(server), { headers: { cookie: 'a'.repeat(40_000) } });

  await arrival;
  server.answer({ ok: true, server: 'linear' });
  expect((await browser).status).toBe(200);
});
