import { expect, onTestFinished, test } from 'vitest';
import { addressOf, createApi } from '../src/api/request.ts';
import { readConfig } from '../src/config.ts';
import { createLog } from '../src/log.ts';
import { openLoopbackApi, type Received, type Reply } from './loopback-api.ts';

const TOKEN = 'a-secret-token';

async function open(reply: (request: Received, count: number) => Reply, env: Record<string, string> = {}) {
  let count = 0;
  const stand = await openLoopbackApi((request) => {
    count += 1;
    return reply(request, count);
  });
  onTestFinished(stand.close);
  const lines: string[] = [];
  const log = createLog({ level: 'debug', stream: { write: (text) => lines.push(text) } });
  const config = readConfig([], { API_BASE_URL: stand.url, API_TOKEN: TOKEN, API_AUTH: 'bearer', ...env });
  return { ...stand, api: createApi(config, log), lines };
}

test('sends path, query and token, and logs no secret', async () => {
  const { api, received, lines } = await open(() => ({ body: { ok: true } }));

  const { body } = await api.send({
    method: 'GET',
    path: ['items', 'a/b c'],
    query: { tag: ['x', 'y'], no: undefined },
  });

  expect(body).toEqual({ ok: true });
  expect(received[0]).toMatchObject({ target: '/v1/items/a%2Fb%20c?tag=x&tag=y' });
  expect(received[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  expect(lines.join('')).not.toContain(TOKEN);
});

test('no argument leads out of the base address', () => {
  for (const segment of ['..', '.', ''])
    expect(() => addressOf({ path: ['items', segment] }, 'https://api.example.com/v1')).toThrow(/address/);
  expect(addressOf({ path: ['../x'] }, 'https://api.example.com/v1/').href).toBe(
    'https://api.example.com/v1/..%2Fx',
  );
});

test('asks again when the API says so, and no more often than allowed', async () => {
  const busy = { status: 429, headers: { 'retry-after': '0' } };
  const passing = await open((_, count) => (count < 3 ? busy : { body: 1 }));
  expect((await passing.api.send({ method: 'POST', path: ['items'], body: {} })).body).toBe(1);
  expect(passing.received).toHaveLength(3);

  const lasting = await open(() => busy);
  await expect(lasting.api.send({ method: 'GET', path: ['items'] })).rejects.toMatchObject({
    code: 'API_RATE_LIMITED',
    isPassing: true,
  });
  expect(lasting.received).toHaveLength(3);
});

test('what may have changed something is not sent twice', async () => {
  const { api, received } = await open(() => ({ status: 503 }));

  await expect(api.send({ method: 'POST', path: ['items'], body: {} })).rejects.toMatchObject({
    code: 'API_FAILED',
  });

  expect(received).toHaveLength(1);
});

test.each([
  [401, 'API_UNAUTHORIZED'],
  [404, 'NOT_FOUND'],
  [422, 'API_REFUSED'],
])('status %i is %s', async (status, code) => {
  const { api } = await open(() => ({ status, body: { error: 'why' } }));

  await expect(api.send({ method: 'GET', path: ['items'] })).rejects.toMatchObject({
    code,
    message: expect.stringContaining('why'),
  });
});

test('a slow answer, no answer and a broken answer are told apart', async () => {
  const slow = await open(() => ({ delay: 2000 }), { API_TIMEOUT_MS: '100', API_RETRIES: '0' });
  await expect(slow.api.send({ method: 'GET', path: ['a'] })).rejects.toMatchObject({ code: 'API_TIMEOUT' });

  const broken = await open(() => ({ text: '{"cut' }));
  await expect(broken.api.send({ method: 'GET', path: ['a'] })).rejects.toMatchObject({
    code: 'API_ANSWER_BROKEN',
  });

  const gone = await open(() => ({}), { API_RETRIES: '0' });
  await gone.close();
  await expect(gone.api.send({ method: 'GET', path: ['a'] })).rejects.toMatchObject({
    code: 'API_UNREACHABLE',
  });
});

test('redirects are not followed', async () => {
  const { api, received } = await open(
    () => ({ status: 302, headers: { location: 'https://evil.example/' } }),
    { API_RETRIES: '0' },
  );

  await expect(api.send({ method: 'GET', path: ['a'] })).rejects.toMatchObject({ code: 'API_UNREACHABLE' });
  expect(received).toHaveLength(1);
});

test('a huge answer is given up', async () => {
  const { api } = await open(() => ({ text: `"${'x'.repeat(5_000_001)}"` }));

  await expect(api.send({ method: 'GET', path: ['a'] })).rejects.toMatchObject({
    code: 'API_ANSWER_TOO_LARGE',
  });
});
