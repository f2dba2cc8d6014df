import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createFetch } from '../../src/platform/fetch.ts';
import { certificateFor } from '../support/certificates.ts';
import { temporaryFolder } from '../support/cli.ts';
import { serveHttp, serveHttps, serveProxy } from '../support/http-server.ts';

const local = { env: {}, allowPrivate: ['loopback'] };

test('fetches over plain HTTP from an allowed loopback address', async () => {
  const { port } = await serveHttp((request, response) => response.end(`${request.method} ${request.url}`));

  const response = await createFetch(local)(`http://127.0.0.1:${port}/path?x=1`, {
    method: 'POST',
    body: 'b',
  });

  expect(response.status).toBe(200);
  expect(await response.text()).toBe('POST /path?x=1');
  expect(response.url).toBe(`http://127.0.0.1:${port}/path?x=1`);
});

test('gives back answers that are errors', async () => {
  const { port } = await serveHttp((_, response) =>
    response.writeHead(503, { 'retry-after': '7' }).end('busy'),
  );

  const response = await createFetch(local)(`http://localhost:${port}/`);

  expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
    503,
    '7',
    'busy',
  ]);
});

test.each([
  'http://example.org/',
  'http://10.0.0.5/',
  'ftp://example.org/',
  'file:///etc/passwd',
  'https://user:pass@example.org/',
])('refuses %s', async (url) => {
  const failure = createFetch({ env: {} })(url);

  await expect(failure).rejects.toMatchObject({ code: expect.stringMatching(/^(URL|ADDRESS)_REFUSED$/) });
});

test.each([
  '127.0.0.1',
  '127.1',
  '0x7f000001',
  '2130706433',
  '0.0.0.0',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '[::1]',
  '[::]',
  '[::ffff:a00:1]',
  '[::ffff:127.0.0.1]',
  '[64:ff9b::a9fe:a9fe]',
  '[fd00::1]',
  '[fe80::1]',
])('refuses the private address %s without connecting', async (host) => {
  const { port, connections } = await serveHttp((_, response) => response.end('secret'));

  await expect(createFetch({ env: {} })(`https://${host}:${port}/`)).rejects.toMatchObject({
    code: 'ADDRESS_REFUSED',
  });
  expect(connections()).toBe(0);
});

test('refuses a name that resolves to a private address, when it connects', async () => {
  const { port, connections } = await serveHttp((_, response) => response.end('secret'));

  await expect(createFetch({ env: {} })(`https://localhost:${port}/`)).rejects.toMatchObject({
    code: 'ADDRESS_REFUSED',
    message: expect.stringMatching(/^localhost(:\d+)? \((127\.0\.0\.1|::1)\) is not a public address/),
  });
  expect(connections()).toBe(0);
});

test('refuses a redirect to a private address without connecting', async () => {
  const metadata = await serveHttp((_, response) => response.end('credentials'));
  const { port } = await serveHttp((_, response) =>
    response.writeHead(302, { location: `https://169.254.169.254:${metadata.port}/latest` }).end(),
  );

  await expect(createFetch(local)(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
    code: 'ADDRESS_REFUSED',
  });
});

test.each([['127.0.0.1'], ['127.0.0.0/8'], ['loopback']])('lets through what %s allows', async (allowed) => {
  const { port } = await serveHttp((_, response) => response.end('ok'));
  const fetch = createFetch({ env: {}, allowPrivate: [allowed] });

  const outcome = await fetch(`http://127.0.0.1:${port}/`).then(
    (response) => response.status,
    ({ code }) => code,
  );

  // A range opens addresses; only loopback by name may go unencrypted.
  expect(outcome).toBe(allowed.includes('/') ? 'URL_REFUSED' : 200);
});

test('trusts the certificates of NODE_EXTRA_CA_CERTS, and no unknown ones', async () => {
  const authority = await certificateFor('localhost');
  const { port } = await serveHttps(authority, (_, response) => response.end('secure'));
  const url = `https://localhost:${port}/`;
  const missing = join(await temporaryFolder(), 'missing.pem');

  const response = await createFetch({ ...local, env: { NODE_EXTRA_CA_CERTS: authority.file } })(url);

  expect(await response.text()).toBe('secure');
  await expect(createFetch(local)(url)).rejects.toMatchObject({
    code: 'TLS_UNTRUSTED',
    hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
  });
  await expect(createFetch({ ...local, env: { NODE_EXTRA_CA_CERTS: missing } })(url)).rejects.toMatchObject({
    code: 'TLS_UNTRUSTED',
    hint: expect.stringContaining(missing),
  });
});

test('refuses a certificate for another name', async () => {
  const authority = await certificateFor('other.test');
  const { port } = await serveHttps(authority, (_, response) => response.end('secure'));

  await expect(
    createFetch({ ...local, env: { NODE_EXTRA_CA_CERTS: authority.file } })(`https://localhost:${port}/`),
  ).rejects.toMatchObject({ code: 'TLS_UNTRUSTED', data: { reason: 'ERR_TLS_CERT_ALTNAME_INVALID' } });
});

test('goes through the proxy, except to what NO_PROXY names', async () => {
  const authority = await certificateFor('service.test', 'localhost');
  const { port } = await serveHttps(authority, (request, response) =>
    response.end(`hello ${request.headers.host}`),
  );
  const proxy = await serveProxy(port);
  const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NODE_EXTRA_CA_CERTS: authority.file };

  const through = await createFetch({ env })('https://service.test/');
  const direct = await createFetch({ ...local, env: { ...env, NO_PROXY: '.other.test' } })(
    `https://localhost:${port}/`,
  );
  const unresolvable = createFetch({ env: { ...env, NO_PROXY: 'service.test' } })('https://service.test/');

  expect(await through.text()).toBe('hello service.test');
  expect(await direct.text()).toBe(`hello localhost:${port}`);
  await expect(unresolvable).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE' });
  expect(proxy.asked).toEqual(['service.test:443']);
});

test('names the proxy that did not let it through, without its password', async () => {
  const proxy = await serveProxy(1, 407);
  const env = { HTTPS_PROXY: `http://me:hunter22@127.0.0.1:${proxy.port}` };

  const failure = createFetch({ env })('https://service.test/');

  await expect(failure).rejects.toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    message: expect.stringContaining(`through the proxy 127.0.0.1:${proxy.port}`),
  });
  await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('hunter22') });
});

test('checks literal addresses also when a proxy would connect', async () => {
  const proxy = await serveProxy(1);

  await expect(
    createFetch({ env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` } })('https://169.254.169.254/'),
  ).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
  expect(proxy.asked).toEqual([]);
});

test('says that nobody listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));

  await expect(createFetch(local)(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
    code: 'NETWORK_UNREACHABLE',
    data: { reason: 'ECONNREFUSED' },
  });
});

test.each([
  ['announced', (size: number) => ({ headers: { 'content-length': String(size) }, body: 'x'.repeat(size) })],
  ['chunked', (size: number) => ({ headers: {}, body: 'x'.repeat(size) })],
  [
    'compressed',
    (size: number) => ({ headers: { 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(size)) }),
  ],
])('stops reading a body over the limit: %s', async (_, make) => {
  const { port } = await serveHttp((request, response) => {
    const { headers, body } = make(Number(request.url?.slice(1)));
    response.writeHead(200, headers);
    response.write(body.slice(0, 10));
    response.end(body.slice(10));
  });
  const fetch = createFetch({ ...local, maxBytes: 5_000 });
  const get = async (size: number, init = {}): Promise<number> =>
    (await (await fetch(`http://127.0.0.1:${port}/${size}`, init)).text()).length;

  expect(await get(5_000)).toBe(5_000);
  await expect(get(5_001)).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  expect(await get(5_001, { maxBytes: 10_000 })).toBe(5_001);
  await expect(get(20_000_000, { maxBytes: undefined })).rejects.toMatchObject({
    code: 'RESPONSE_TOO_LARGE',
  });
});

test('limits a body to one mebibyte unless told otherwise', async () => {
  const { port } = await serveHttp((_, response) => response.end('x'.repeat(1_048_577)));
  const response = await createFetch(local)(`http://127.0.0.1:${port}/`);

  await expect(response.text()).rejects.toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
});

test('gives up on headers and on bodies that do not come', async () => {
  const { port } = await serveHttp((request, response) => {
    if (request.url === '/body') response.write('first');
  });
  const fetch = createFetch({ ...local, timeoutMs: 200 });

  await expect(fetch(`http://127.0.0.1:${port}/headers`)).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT' });
  const response = await fetch(`http://127.0.0.1:${port}/body`);
  await expect(response.text()).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT' });
});

test('lets an unlimited stream run past the time limit', async () => {
  const { port } = await serveHttp((_, response) => {
    response.write('first ');
    setTimeout(() => response.end('last'), 400);
  });

  const response = await createFetch({ ...local, timeoutMs: 200 })(`http://127.0.0.1:${port}/`, {
    maxBytes: Number.POSITIVE_INFINITY,
  });

  expect(await response.text()).toBe('first last');
});

test('reports a body that breaks off', async () => {
  const { port } = await serveHttp((_, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  });
  const response = await createFetch(local)(`http://127.0.0.1:${port}/`);

  await expect(response.text()).rejects.toMatchObject({ code: 'NETWORK_UNREACHABLE' });
});

test('ends as cancelled when the caller aborts', async () => {
  const stop = new AbortController();
  const { port } = await serveHttp(() => stop.abort());

  await expect(
    createFetch(local)(`http://127.0.0.1:${port}/`, { signal: stop.signal }),
  ).rejects.toMatchObject({
    code: 'CANCELLED',
  });
});

test('follows redirects, but takes no credentials and no body to another origin', async () => {
  const seen: string[] = [];
  const other = await serveHttp((request, response) => {
    seen.push(`${request.method} ${request.headers.authorization}`);
    response.end('other');
  });
  const { port } = await serveHttp((request, response) => {
    const [, status = '200', where] = request.url?.split('/') ?? [];
    const location = where === 'there' ? `http://127.0.0.1:${other.port}/` : '/200';
    response
      .writeHead(Number(status), { location })
      .end(`${request.method} ${request.headers.authorization}`);
  });
  const fetch = createFetch(local);
  const base = `http://127.0.0.1:${port}`;
  const headers = { authorization: 'Bearer x' };

  expect(await (await fetch(`${base}/302/there`)).text()).toBe('other');
  expect(await (await fetch(`${base}/307/here`, { headers })).text()).toBe('GET Bearer x');
  expect(await (await fetch(`${base}/303/here`, { method: 'POST', body: 'b' })).text()).toBe('GET undefined');
  expect(await (await fetch(`${base}/308/here`, { method: 'POST', body: 'b' })).text()).toBe(
    'POST undefined',
  );
  expect((await fetch(`${base}/302/there`, { redirect: 'manual' })).status).toBe(302);
  for (const init of [{ headers }, { headers: { 'x-api-key': 'k' } }, { method: 'POST', body: 'b' }]) {
    await expect(fetch(`${base}/307/there`, init)).rejects.toMatchObject({ code: 'URL_REFUSED' });
  }
  await expect(fetch(`${base}/302/here`, { redirect: 'error' })).rejects.toMatchObject({
    code: 'URL_REFUSED',
  });
  expect(seen).toEqual(['GET undefined']);
});

test('refuses to run in circles', async () => {
  const { port } = await serveHttp((_, response) => response.writeHead(302, { location: '/' }).end());

  await expect(createFetch(local)(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
    code: 'URL_REFUSED',
  });
});

test('works on with a certificate file that is damaged, as Node does', async () => {
  const file = join(await temporaryFolder(), 'ca.pem');
  await writeFile(file, '-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n');
  const { port } = await serveHttp((_, response) => response.end('ok'));

  const response = await createFetch({ ...local, env: { NODE_EXTRA_CA_CERTS: file } })(
    `http://127.0.0.1:${port}/`,
  );

  expect(response.status).toBe(200);
});
