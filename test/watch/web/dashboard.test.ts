import { expect, test } from 'vitest';
import { type ShownWorld, seen, shownServer, showWorld } from '../../support/dashboard.ts';
import { type Got, sendRequest } from '../../support/loopback.ts';

const ada = async (authorization: string | undefined): Promise<string | undefined> =>
  authorization === 'Bearer ada-token' ? 'ada' : undefined;

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** Headers of somebody who was let in by a link. */
async function ownerOf({ pages, sessions }: ShownWorld): Promise<{ authorization: string }> {
  const answer = await post(`${pages.url}session`, { key: sessions.newCode() });
  const { data } = (await answer.json()) as { data: { session: string } };
  return { authorization: `Bearer ${data.session}` };
}

async function get(url: string, headers: Record<string, string> = {}): Promise<Got> {
  return await sendRequest(url, { headers });
}

test('nobody sees anything without a session, and the page itself holds nothing', async () => {
  const { pages } = await showWorld();

  for (const path of ['api/state', 'api/events', 'api/calls', 'api/nothing']) {
    const got = await get(`${pages.url}${path}`);
    expect([got.status, JSON.parse(got.body).error.code]).toEqual([401, 'SIGN_IN_NEEDED']);
  }
  const refused = await post(`${pages.url}api/restart`, { server: 'github' });
  expect(refused.status).toBe(401);
  const page = await get(pages.url);
  expect(page.status).toBe(200);
  expect(page.body).not.toContain('github');
});

test.each(['a'.repeat(43), '', 'x', 'Bearer ada-token'])('the wrong key %s opens nothing', async (key) => {
  const { pages } = await showWorld();

  const answer = await post(`${pages.url}session`, { key });

  expect(answer.status).toBe(401);
  expect(await answer.text()).not.toContain('session"');
});

test('the key is never taken from the address', async () => {
  const { pages, sessions } = await showWorld();
  const headers = await ownerOf({ pages, sessions } as ShownWorld);
  const token = headers.authorization.slice(7);

  expect((await get(`${pages.url}api/state?authorization=${token}&session=${token}`)).status).toBe(401);
  expect((await get(`${pages.url}session?key=${sessions.newCode()}`)).status).toBe(405);
  expect((await get(`${pages.url}api/state`, headers)).status).toBe(200);
});

test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '192.168.1.5'])(
  'answers nothing for Host %s: a name can be made to lead here',
  async (host) => {
    const world = await showWorld();
    const headers = await ownerOf(world);

    for (const path of ['', 'app.js', 'session', 'api/state']) {
      const got = await get(`${world.pages.url}${path}`, { ...headers, host });
      expect(got.status).toBe(403);
      expect(got.body).not.toContain('github');
    }
  },
);

test.each([
  ['https://evil.example', undefined],
  ['null', undefined],
  ['http://127.0.0.1:1', undefined],
  ['http://localhost', undefined],
  [undefined, 'cross-site'],
  [undefined, 'same-site'],
])('a page of origin %s (%s) learns and does nothing, also with a session', async (origin, site) => {
  const world = await showWorld();
  const headers = {
    ...(await ownerOf(world)),
    ...(origin !== undefined && { origin }),
    ...(site !== undefined && { 'sec-fetch-site': site }),
  };

  for (const path of ['app.js', 'api/state', 'api/calls']) {
    expect((await get(`${world.pages.url}${path}`, headers)).status).toBe(403);
  }
  const body = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } };
  expect((await sendRequest(`${world.pages.url}api/restart`, body)).status).toBe(403);
  expect((await sendRequest(`${world.pages.url}session`, body)).status).toBe(403);
  expect(world.restarts).toEqual([]);
});

test('its own origin may ask, and gets no permission for others', async () => {
  const world = await showWorld();
  const headers = { ...(await ownerOf(world)), origin: new URL(world.pages.url).origin };

  const got = await get(`${world.pages.url}api/state`, { ...headers, 'sec-fetch-site': 'same-origin' });

  expect(got.status).toBe(200);
  expect(Object.keys(got.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('every answer says that nothing may keep, frame or run more than it', async () => {
  const world = await showWorld();
  const headers = await ownerOf(world);

  for (const path of ['', 'app.js', 'app.css', 'icon.svg', 'api/state', 'api/nothing', 'nothing']) {
    const got = await get(`${world.pages.url}${path}`, headers);
    expect(got.headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
    });
    const policy = got.headers['content-security-policy'];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  }
});

test('the owner sees everything; a principal neither processes nor a way to restart', async () => {
  const seenBy: unknown[] = [];
  const world = await showWorld({
    principalOf: ada,
    sources: {
      async findCalls({ offset }, viewer) {
        seenBy.push(viewer);
        return { calls: [], offset, hasOlder: false, damaged: 0 };
      },
    },
  });
  const owner = await ownerOf(world);
  const principal = { authorization: 'Bearer ada-token' };
  const state = async (headers: Record<string, string>) =>
    JSON.parse((await get(`${world.pages.url}api/state`, headers)).body).data;

  const [mine, theirs] = [await state(owner), await state(principal)];
  expect(mine.observation.processes).toHaveLength(2);
  expect(theirs.observation.processes).toEqual([]);
  expect(JSON.stringify(theirs)).not.toMatch(/\/home\/ada|4242/);
  expect(theirs.observation.servers).toHaveLength(mine.observation.servers.length);
  for (const headers of [owner, principal]) await get(`${world.pages.url}api/calls`, headers);
  expect(seenBy).toEqual([{ isOwner: true }, { principal: 'ada', isOwner: false }]);
  expect((await post(`${world.pages.url}api/restart`, { server: 'github' }, principal)).status).toBe(403);
  expect(world.restarts).toEqual([]);
  expect((await post(`${world.pages.url}api/restart`, { server: 'github' }, owner)).status).toBe(200);
  expect(world.restarts).toEqual(['github']);
});

test('a token that is revoked ends its sessions and what they look at', async () => {
  const world = await showWorld({ principalOf: ada });
  const answer = await post(`${world.pages.url}session`, { key: 'ada-token' });
  const { data } = (await answer.json()) as { data: { session: string } };
  const headers = { authorization: `Bearer ${data.session}` };
  const stream = await fetch(`${world.pages.url}api/events`, { headers });
  const ended = stream.text();

  world.dashboard.dismiss('ada');

  expect(await ended).toContain('event: message');
  expect((await get(`${world.pages.url}api/state`, headers)).status).toBe(401);
});

test('signing out ends the session', async () => {
  const world = await showWorld();
  const headers = await ownerOf(world);

  await fetch(`${world.pages.url}session`, { method: 'DELETE', headers });

  expect((await get(`${world.pages.url}api/state`, headers)).status).toBe(401);
});

test('tells that its link was used', async () => {
  let used = 0;
  const world = await showWorld({
    entered: () => {
      used += 1;
    },
  });
  await post(`${world.pages.url}session`, { key: 'a'.repeat(43) });
  expect(used).toBe(0);
  await ownerOf(world);
  expect(used).toBe(1);
});

test('without scripts the form answers with a readable snapshot, what servers say being text', async () => {
  const name = '<img src=x onerror=alert(1)>';
  const reason = { code: 'SERVER_EXITED', message: '</td><script>alert(1)</script>', hint: 'mcpctl logs' };
  const world = await showWorld({ observation: seen([shownServer(name, { state: 'failed', reason })]) });
  const send = async (key: string): Promise<Response> =>
    await fetch(`${world.pages.url}session`, { method: 'POST', body: new URLSearchParams({ key }) });

  const page = await send(world.sessions.newCode());
  const text = await page.text();
  expect(page.status).toBe(200);
  expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
  expect(text).toContain('mcpctl logs');
  expect(text).not.toMatch(/<img|<script/);
  const refused = await send('wrong');
  expect(refused.status).toBe(401);
  expect(await refused.text()).toContain('role="alert"');
});

test('asks for calls as it was told, and refuses what makes no sense', async () => {
  const queries: unknown[] = [];
  const world = await showWorld({
    sources: {
      async findCalls(query) {
        queries.push(query);
        return { calls: [], offset: query.offset, hasOlder: false, damaged: 0 };
      },
    },
  });
  const headers = await ownerOf(world);
  const status = async (query: string): Promise<number> =>
    (await get(`${world.pages.url}api/calls${query}`, headers)).status;

  expect(await status('?since=24h&server=a%26b&tool=%20&outcome=error&offset=50&limit=12')).toBe(200);
  expect(await status('?limit=5000')).toBe(200);
  expect(queries).toEqual([
    { since: '24h', server: 'a&b', outcome: 'error', offset: 50, limit: 12 },
    { offset: 0, limit: 50 },
  ]);
  for (const query of ['?offset=-1', '?offset=x', '?outcome=nope', '?offset=99999999']) {
    expect(await status(query)).toBe(400);
  }
});

test('nothing is watched while nobody looks', async () => {
  let watched = 0;
  const world = await showWorld({
    sources: {
      watch(listener) {
        watched += 1;
        listener(seen());
        return () => {
          watched -= 1;
        };
      },
    },
  });
  const headers = await ownerOf(world);
  expect(watched).toBe(0);
  await get(`${world.pages.url}api/state`, headers);
  expect(watched).toBe(1);
  await get(`${world.pages.url}api/state`, headers);
  expect(watched).toBe(1);

  await world.close();

  expect(watched).toBe(0);
});
