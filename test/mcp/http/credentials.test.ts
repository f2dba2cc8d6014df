import { expect, test } from 'vitest';
import type { Authorize } from '../../../src/mcp/http/authorize.ts';
import { refuseClearText } from '../../../src/mcp/http/clear-text.ts';
import { scriptedServer } from '../../support/http-servers.ts';
import { answer, HELLO, legacy, open, wire } from '../../support/remote-session.ts';

const TOKEN = 'token-4f1b9c2e7d';

const signedIn: Authorize = {
  headers: async () => ({ authorization: `Bearer ${TOKEN}` }),
  satisfy: async () => false,
};

const check = (url: string, headers: Record<string, string>) => (): void =>
  refuseClearText({
    server: 'remote',
    url: new URL(url),
    headers,
    redact: (text) => text.replaceAll('hunter2', '•••'),
  });

test.each([
  ['http://10.0.0.5/mcp', { Authorization: 'Bearer x' }],
  ['http://mcp.example.com/mcp', { 'X-Api-Key': 'x' }],
  ['http://mcp.example.com/mcp', { cookie: 'a=b' }],
  ['http://mcp.example.com/mcp', { 'X-Acme': 'hunter2' }],
  ['http://mcp.example.com/mcp?k=hunter2', {}],
  ['http://user:pass@mcp.example.com/mcp', {}],
  ['http://localhost.example.com/mcp', { authorization: 'x' }],
])('lets no credential go to %s with %j', (url, headers) => {
  expect(check(url, headers as Record<string, string>)).toThrow(
    expect.objectContaining({ code: 'URL_REFUSED', message: expect.not.stringContaining('hunter2') }),
  );
});

test.each([
  ['https://mcp.example.com/mcp', { Authorization: 'Bearer x' }],
  ['http://127.0.0.1:3000/mcp', { Authorization: 'Bearer x' }],
  ['http://localhost:3000/mcp', { 'X-Acme': 'hunter2' }],
  ['http://[::1]/mcp', { 'X-Api-Key': 'x' }],
  ['http://mcp.example.com/mcp', { 'X-Region': 'eu', 'User-Agent': 'x' }],
])('lets credentials go to %s with %j', (url, headers) => {
  expect(check(url, headers as Record<string, string>)).not.toThrow();
});

test('asks no host in clear text with a token, nor with a key', async () => {
  const url = 'http://mcp.example.com/mcp';

  await expect(open(url, { authorize: signedIn })).rejects.toMatchObject({ code: 'URL_REFUSED' });
  await expect(open(url, { headers: { 'x-acme': TOKEN }, secrets: [TOKEN] })).rejects.toMatchObject({
    code: 'URL_REFUSED',
    data: { header: 'x-acme', host: 'mcp.example.com' },
  });
});

test.each([301, 302, 307, 308])(
  'takes no token to another origin by a redirect (%i), whatever it asks for',
  async (status) => {
    const other = await scriptedServer(answer);
    let isMoved = false;
    const server = await scriptedServer((received, response) => {
      const isGet = received.method === 'GET';
      if (isMoved || isGet) response.writeHead(status, { location: `${other.origin}/mcp` }).end();
      else legacy(() => 's1', answer)(received, response);
    });
    const { send, transport, answer: answered } = await wire(server.origin, { authorize: signedIn });
    send(HELLO);
    await answered(0);
    await send({ method: 'notifications/initialized' });
    isMoved = true;
    await expect(send({ id: 1, method: 'tools/list' })).rejects.toMatchObject({
      message: expect.stringContaining('does not follow with credentials'),
    });
    await transport.close();

    expect(server.received.map(({ method }) => method)).toContain('GET');
    expect(server.received.at(-1)?.method).toBe('DELETE');
    expect(server.received.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true);
    expect(other.received).toEqual([]);
  },
);

test('takes no token to another origin that an older server names for messages', async () => {
  const other = await scriptedServer(answer);
  const server = await scriptedServer((_received, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`event: endpoint\ndata: ${other.origin}/messages\n\n`);
  });

  await expect(open(server.origin, { transport: 'sse', authorize: signedIn })).rejects.toMatchObject({
    code: 'SERVER_PROTOCOL',
  });
  expect(other.received).toEqual([]);
});

test('quotes no token that a server repeats in its refusal', async () => {
  const server = await scriptedServer(({ headers }, response) => {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`cannot use ${headers.authorization} here`);
  });

  await expect(open(server.origin, { authorize: signedIn })).rejects.toMatchObject({
    message: 'remote answered HTTP 500 Internal Server Error: cannot use Bearer ••• here.',
  });
});
