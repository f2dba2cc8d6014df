import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mcpctl } from '../../support/cli.ts';
import { publishAt, send, serverDocument, startRegistry, type TestRegistry } from '../../support/registry.ts';

const OFFICIAL = 'io.modelcontextprotocol.registry/official';
const LISTING = 'mcpctl.registry/listing';

let registry: TestRegistry;
let acme: string;
let other: string;
let visitor: string;
beforeAll(async () => {
  registry = await startRegistry();
  acme = await registry.token('acme', 'io.acme/*');
  other = await registry.token('other', 'io.acme/*', 'io.other/*');
  visitor = await registry.token('visitor');
});
afterAll(() => registry.clear());

const at = (path: string): string => `${registry.url}${path}`;
const publish = async (name: string, but: Record<string, unknown> = {}, token = acme) =>
  await publishAt(registry.url, token, serverDocument(name, but));
const namesOf = (list: { servers: { server: { name: string; version: string } }[] }): string[] =>
  list.servers.map(({ server }) => `${server.name}@${server.version}`);

describe('publishing', () => {
  test('answers with the version and what the registry says of it', async () => {
    const { status, json } = await publish('io.acme/first');

    expect(status).toBe(200);
    expect(json.server).toEqual(serverDocument('io.acme/first'));
    expect(json._meta[OFFICIAL]).toEqual({
      status: 'active',
      statusChangedAt: expect.stringMatching(/^\d{4}-.+Z$/),
      publishedAt: json._meta[OFFICIAL].statusChangedAt,
      updatedAt: json._meta[OFFICIAL].statusChangedAt,
      isLatest: true,
    });
    expect(json._meta[LISTING]).toEqual({ publishedBy: 'acme', owners: ['acme'], installs: 0 });
  });

  test('refuses a version that is there, and leaves it as it was', async () => {
    await publish('io.acme/once');
    const again = await publish('io.acme/once', { description: 'Another one.' });

    expect(again).toMatchObject({
      status: 409,
      json: { error: expect.stringContaining('io.acme/once 1.0.0') },
    });
    const { json } = await send('GET', at('/v0.1/servers/io.acme%2Fonce/versions/1.0.0'));
    expect(json.server.description).toBe('What io.acme/once does.');
  });

  test.each<[string, () => string | undefined, string, number]>([
    ['nobody', () => undefined, 'io.acme/x', 401],
    ['a token nobody made', () => 'mcpctl_wrong', 'io.acme/x', 401],
    ['a token of another namespace', () => acme, 'io.other/x', 403],
    ['a token of a namespace that begins alike', () => acme, 'io.acme.evil/x', 403],
    ['a token that may only rate', () => visitor, 'io.acme/x', 403],
  ])('refuses %s', async (_, token, name, status) => {
    const answer = await send('POST', at('/v0.1/publish'), {
      body: serverDocument(name),
      ...(token() !== undefined && { token: token() as string }),
    });

    expect(answer.status).toBe(status);
    expect(answer.json).toEqual({ error: expect.any(String) });
    expect((await send('GET', at(`/v0.1/servers/${encodeURIComponent(name)}/versions/latest`))).status).toBe(
      404,
    );
  });

  test('leaves a server to its owners, who can name others', async () => {
    await publish('io.acme/owned');
    expect((await publish('io.acme/owned', { version: '2.0.0' }, other)).status).toBe(403);

    const owners = at('/v0.1/x/mcpctl/servers/io.acme%2Fowned/owners');
    expect((await send('PUT', owners, { token: other, body: { owners: ['other'] } })).status).toBe(403);
    const changed = await send('PUT', owners, { token: acme, body: { owners: ['acme', 'other'] } });
    expect(changed.json).toEqual({ owners: ['acme', 'other'] });
    expect((await publish('io.acme/owned', { version: '2.0.0' }, other)).status).toBe(200);
  });

  test('takes no name that differs in case alone', async () => {
    await publish('io.acme/case');
    expect((await publish('io.acme/CASE', { version: '2.0.0' })).status).toBe(409);
  });

  test('says what is wrong with a document', async () => {
    const { status, json } = await publish('io.acme/x', { version: '^1.0.0' });
    expect([status, json.error]).toEqual([400, expect.stringContaining('version: must be one version')]);
    const junk = await fetch(at('/v0.1/publish'), {
      method: 'POST',
      headers: { authorization: `Bearer ${acme}` },
      body: '{',
    });
    expect([junk.status, await junk.json()]).toEqual([400, { error: 'The body is no JSON' }]);
  });

  test('refuses a body that is too long, announced or not', async () => {
    const long = 'x'.repeat(300 * 1024);
    const headers = { authorization: `Bearer ${acme}` };
    const announced = await fetch(at('/v0.1/publish'), { method: 'POST', headers, body: long }).catch(
      () => undefined,
    );
    expect([413, undefined]).toContain(announced?.status);
    const status = await new Promise((resolve) => {
      const sent = request(at('/v0.1/publish'), {
        method: 'POST',
        headers: { ...headers, 'transfer-encoding': 'chunked' },
      });
      sent.on('response', ({ statusCode }) => resolve(statusCode));
      sent.on('error', () => resolve('closed'));
      sent.end(long);
    });
    expect([413, 'closed']).toContain(status);
    expect((await send('GET', at('/v0.1/health'))).status).toBe(200);
  });

  test('stops trusting a token that was revoked', async () => {
    const brief = await registry.token('brief', 'io.brief/*');
    expect((await publish('io.brief/x', {}, brief)).status).toBe(200);
    await mcpctl(['registry', 'token', '--revoke', 'brief'], registry);

    await expect
      .poll(async () => (await publish('io.brief/x', { version: '2.0.0' }, brief)).status, {
        timeout: 60_000,
      })
      .toBe(401);
  });
});

describe('reading', () => {
  beforeAll(async () => {
    for (let index = 10; index < 35; index += 1) await publish(`io.acme/page-${index}`);
    await publish('io.acme/page-20', { version: '1.1.0' });
  });

  test('walks pages as a client does that sends the cursor alone from the second one on', async () => {
    const found: string[] = [];
    let query = 'limit=10&version=latest&search=PAGE-';
    for (let pages = 0; pages < 10; pages += 1) {
      const { json } = await send('GET', at(`/v0.1/servers?${query}`));
      expect(json.metadata.count).toBe(json.servers.length);
      found.push(...namesOf(json));
      if (!json.metadata.nextCursor) break;
      query = `limit=10&version=latest&cursor=${json.metadata.nextCursor}`;
    }

    expect(found).toHaveLength(25);
    expect(new Set(found).size).toBe(25);
    expect(found).toContain('io.acme/page-20@1.1.0');
    expect(found).not.toContain('io.acme/page-20@1.0.0');
  });

  test("has the shape VS Code's gallery insists on, in lists and for one server", async () => {
    const official = ['isLatest', 'publishedAt', 'status', 'statusChangedAt', 'updatedAt'];
    const check = ({
      server,
      _meta,
    }: {
      server: Record<string, unknown>;
      _meta: Record<string, object>;
    }): void => {
      for (const member of ['name', 'description', 'version', '$schema'])
        expect(server[member]).toEqual(expect.any(String));
      expect(Object.keys(_meta[OFFICIAL] ?? {}).sort()).toEqual(official);
    };
    const first = await send('GET', at('/v0.1/servers?limit=50&version=latest&search=page-2'));
    expect(first.json.servers).toHaveLength(10);
    first.json.servers.forEach(check);
    for (const { server } of first.json.servers.slice(0, 3)) {
      const one = await send('GET', at(`/v0.1/servers/${encodeURIComponent(server.name)}/versions/latest`));
      check(one.json);
      expect(one.json).toEqual(
        first.json.servers.find(
          (each: never) => (each as { server: { name: string } }).server.name === server.name,
        ),
      );
    }
  });

  test('gives every version without version=latest, and one where it is named', async () => {
    const all = await send('GET', at('/v0.1/servers?search=page-20'));
    expect(namesOf(all.json)).toEqual(['io.acme/page-20@1.0.0', 'io.acme/page-20@1.1.0']);
    expect(
      all.json.servers.map(
        ({ _meta }: never) => (_meta as Record<string, { isLatest: boolean }>)[OFFICIAL]?.isLatest,
      ),
    ).toEqual([false, true]);
    const exact = await send('GET', at('/v0.1/servers?search=page-2&version=1.1.0'));
    expect(namesOf(exact.json)).toEqual(['io.acme/page-20@1.1.0']);
  });

  test('gives what changed since a time', async () => {
    const { json } = await publish('io.acme/news');
    const since = encodeURIComponent(json._meta[OFFICIAL].updatedAt);
    const changed = await send('GET', at(`/v0.1/servers?updated_since=${since}`));

    expect(namesOf(changed.json)).toContain('io.acme/news@1.0.0');
    expect(namesOf(changed.json)).not.toContain('io.acme/page-20@1.0.0');
  });

  test.each(['/v0.1', '/v0'])(
    'finds versions below %s, newest first, by either form of the name',
    async (api) => {
      for (const name of ['io.acme%2Fpage-20', 'io.acme/page-20']) {
        const list = await send('GET', at(`${api}/servers/${name}/versions`));
        expect(namesOf(list.json)).toEqual(['io.acme/page-20@1.1.0', 'io.acme/page-20@1.0.0']);
        const latest = await send('GET', at(`${api}/servers/${name}/versions/latest`));
        expect(latest.json.server.version).toBe('1.1.0');
        const exact = await send('GET', at(`${api}/servers/${name}/versions/1.0.0`));
        expect(exact.json.server.version).toBe('1.0.0');
      }
    },
  );

  test.each([
    ['limit=0', 400],
    ['limit=ten', 400],
    ['limit=1000', 200],
    ['cursor=nonsense', 400],
    ['updated_since=yesterday', 400],
  ])('answers ?%s with %i', async (query, status) => {
    const answer = await send('GET', at(`/v0.1/servers?${query}`));
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.json).toEqual({ error: expect.any(String) });
  });

  test.each([
    ['GET', '/v0.1/servers/io.acme%2Fnone/versions/latest', 404],
    ['GET', '/v0.1/servers/io.acme%2Fpage-20/versions/9.9.9', 404],
    ['GET', '/v0.1/servers/io.acme%2Fnone/versions', 404],
    ['GET', '/v0.1/servers/%E0%A4%A%2Fx/versions/latest', 400],
    ['GET', '/v0.1/nothing', 404],
    ['DELETE', '/v0.1/servers/io.acme%2Fpage-20/versions/1.0.0', 501],
    ['PUT', '/v0.1/servers/io.acme%2Fpage-20/versions/1.0.0', 501],
    ['POST', '/v0.1/servers', 405],
  ])('%s %s is %i', async (method, path, status) => {
    const answer = await send(method, at(path));
    expect(answer).toMatchObject({ status, json: { error: expect.any(String) } });
  });

  test('may be read by pages of any site, and changed by none', async () => {
    const headers = { origin: 'https://somewhere.example' };
    const read = await send('GET', at('/v0.1/servers?limit=1'), { headers });
    expect([read.status, read.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    const asked = await fetch(at('/v0.1/servers/io.acme%2Fpage-20/versions/latest'), {
      method: 'OPTIONS',
      headers,
    });
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, OPTIONS',
      'access-control-allow-headers': 'Authorization, Content-Type',
    });
    const write = await send('POST', at('/v0.1/publish'), {
      token: acme,
      headers,
      body: serverDocument('io.acme/x'),
    });
    expect(write.status).toBe(403);
    expect(write.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('answers nobody who comes by the name of another machine', async () => {
    const status = await new Promise((resolve, reject) => {
      request(at('/v0.1/servers'), { headers: { host: 'rebound.example' } }, ({ statusCode }) =>
        resolve(statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  test('lets a client keep an answer until it changes', async () => {
    const list = at('/v0.1/servers?search=page-1');
    const { headers } = await send('GET', list);
    const tag = headers.get('etag') ?? '';
    expect((await send('GET', list, { headers: { 'if-none-match': tag } })).status).toBe(304);
    await publish('io.acme/page-19', { version: '3.0.0' });
    expect((await send('GET', list, { headers: { 'if-none-match': tag } })).status).toBe(200);
    const head = await fetch(list, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test.each(['/livez', '/readyz', '/v0.1/health', '/v0/health'])('is well by %s', async (path) => {
    expect((await fetch(at(path))).status).toBe(200);
  });
});

describe('changing the status', () => {
  const latest = async (name: string, query = '') =>
    await send('GET', at(`/v0.1/servers/${encodeURIComponent(name)}/versions/latest${query}`));

  test('deprecates all versions with a reason and what to use instead', async () => {
    await publish('io.acme/old');
    await publish('io.acme/old', { version: '1.1.0' });
    const change = { status: 'deprecated', statusMessage: 'Use the new one.', replacement: 'io.acme/new' };
    const { status, json } = await send('PATCH', at('/v0.1/servers/io.acme%2Fold/status'), {
      token: acme,
      body: change,
    });

    expect([status, json.updatedCount]).toEqual([200, 2]);
    expect((await latest('io.acme/old')).json._meta).toMatchObject({
      [OFFICIAL]: { status: 'deprecated', statusMessage: 'Use the new one.', isLatest: true },
      [LISTING]: { replacement: 'io.acme/new' },
    });
    const again = await send('PATCH', at('/v0.1/servers/io.acme%2Fold/status'), {
      token: acme,
      body: change,
    });
    expect(again).toMatchObject({ status: 400, json: { error: expect.stringContaining('No changes') } });
  });

  test('takes a version out, which then is not the latest, and keeps its number taken', async () => {
    await publish('io.acme/bad');
    await publish('io.acme/bad', { version: '2.0.0' });
    const path = '/v0.1/servers/io.acme%2Fbad/versions/2.0.0';
    await send('PATCH', at(`${path}/status`), { token: acme, body: { status: 'deleted' } });

    expect((await latest('io.acme/bad')).json.server.version).toBe('1.0.0');
    expect((await send('GET', at(path))).status).toBe(404);
    expect((await send('GET', at(`${path}?include_deleted=true`))).status).toBe(200);
    expect(namesOf((await send('GET', at('/v0.1/servers?search=acme/bad'))).json)).toEqual([
      'io.acme/bad@1.0.0',
    ]);
    expect(
      namesOf(
        (await send('GET', at('/v0.1/servers?search=acme/bad&updated_since=2020-01-01T00:00:00Z'))).json,
      ),
    ).toEqual(['io.acme/bad@1.0.0', 'io.acme/bad@2.0.0']);
    expect((await publish('io.acme/bad', { version: '2.0.0' })).status).toBe(409);
  });

  test.each<[string, () => string, object, number]>([
    ['a stranger', () => other, { status: 'deleted' }, 403],
    ['a status there is not', () => acme, { status: 'archived' }, 400],
    [
      'a message of 501 characters',
      () => acme,
      { status: 'deprecated', statusMessage: 'x'.repeat(501) },
      400,
    ],
    ['itself as replacement', () => acme, { status: 'deprecated', replacement: 'io.acme/kept' }, 400],
  ])('refuses %s', async (_, token, body, status) => {
    await publish('io.acme/kept');
    const answer = await send('PATCH', at('/v0.1/servers/io.acme%2Fkept/status'), { token: token(), body });
    expect(answer.status).toBe(status);
    expect((await latest('io.acme/kept')).json._meta[OFFICIAL].status).toBe('active');
  });
});

describe('what people say of a server', () => {
  test('counts one rating of each token, the last one', async () => {
    await publish('io.acme/rated');
    const path = at('/v0.1/x/mcpctl/servers/io.acme%2Frated/rating');
    for (const [token, stars] of [
      [visitor, 1],
      [acme, 5],
      [visitor, 4],
    ] as const) {
      expect((await send('PUT', path, { token, body: { stars } })).status).toBe(200);
    }
    const { json } = await send('GET', at('/v0.1/servers/io.acme%2Frated/versions/latest'));
    expect(json._meta[LISTING].rating).toEqual({ average: 4.5, count: 2 });
    expect((await send('PUT', path, { token: visitor, body: { stars: 6 } })).status).toBe(400);
    expect((await send('PUT', path, { body: { stars: 3 } })).status).toBe(401);
  });

  test('counts a machine once', async () => {
    await publish('io.acme/counted');
    const path = at('/v0.1/x/mcpctl/servers/io.acme%2Fcounted/versions/1.0.0/installs');
    const tell = async (by: string) => (await send('POST', path, { body: { by } })).json.installs;
    expect([await tell('machine-one'), await tell('machine-one'), await tell('machine-two')]).toEqual([
      1, 1, 2,
    ]);
  });
});

describe('files', () => {
  const bytes = Buffer.from('a bundle');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const put = async (sum: string, token: string) =>
    await fetch(at(`/artifacts/${sum}/x-1.0.0.mcpb`), {
      method: 'PUT',
      body: bytes,
      headers: { authorization: `Bearer ${token}` },
    });
  const bundle = (fileSha256: string, base: string) => ({
    packages: [
      {
        registryType: 'mcpb',
        identifier: `${base}/artifacts/${sha256}/x-1.0.0.mcpb`,
        fileSha256,
        transport: { type: 'stdio' },
      },
    ],
  });

  test('are kept under their sum alone, of who may publish', async () => {
    expect((await put('0'.repeat(64), acme)).status).toBe(400);
    expect((await put(sha256, visitor)).status).toBe(403);
    expect((await put(sha256, acme)).status).toBe(201);
    const answer = await fetch(at(`/artifacts/${sha256}/x-1.0.0.mcpb`));
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    expect(answer.headers.get('content-disposition')).toBe('attachment');
  });

  test('are named where the registry is now, whatever address they were published by', async () => {
    await put(sha256, acme);
    const { status, json } = await publish('io.acme/hosted', bundle(sha256, 'https://old.example'));
    expect([status, json.server.packages[0].identifier]).toEqual([
      200,
      at(`/artifacts/${sha256}/x-1.0.0.mcpb`),
    ]);
    const wrong = await publish('io.acme/wrong', bundle('1'.repeat(64), registry.url));
    expect(wrong).toMatchObject({ status: 400, json: { error: expect.stringContaining('fileSha256') } });
  });
});
