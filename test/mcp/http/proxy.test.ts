import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createProxyAgent } from '../../../src/mcp/http/proxy-agent.ts';
import { proxyFor } from '../../../src/mcp/http/proxy-choice.ts';
import { json, scriptedServer } from '../../support/http-servers.ts';

const proxy = { HTTPS_PROXY: 'http://proxy:8080', HTTP_PROXY: 'plain:3128' };

test.each([
  ['https://api.example.com/mcp', proxy, 'http://proxy:8080/'],
  ['http://api.example.com/mcp', proxy, 'http://plain:3128/'],
  ['https://api.example.com/mcp', { https_proxy: 'http://lower:1', ...proxy }, 'http://lower:1/'],
  ['https://api.example.com/mcp', { ALL_PROXY: 'http://all:1' }, 'http://all:1/'],
  ['https://api.example.com/mcp', {}, undefined],
  ['https://api.example.com/mcp', { ...proxy, NO_PROXY: 'other.com, .example.com' }, undefined],
  ['https://api.example.com/mcp', { ...proxy, NO_PROXY: 'example.com:444' }, 'http://proxy:8080/'],
  ['https://notexample.com/mcp', { ...proxy, NO_PROXY: 'example.com' }, 'http://proxy:8080/'],
  ['https://api.example.com/mcp', { ...proxy, NO_PROXY: '*' }, undefined],
  ['http://localhost:3001/mcp', proxy, undefined],
  ['http://127.0.0.1:3001/mcp', proxy, undefined],
  ['http://[::1]:3001/mcp', proxy, undefined],
])('chooses the proxy of %s', (url, env, expected) => {
  expect(proxyFor(new URL(url), env)?.href).toBe(expected);
});

test('tunnels requests through a proxy, with its password', async () => {
  const server = await scriptedServer((_received, response) => json(response, { reached: true }));
  const asked: string[] = [];
  const through = createServer().on('connect', (request: IncomingMessage, socket) => {
    asked.push(`${request.url} ${request.headers['proxy-authorization']}`);
    const { port } = new URL(server.origin);
    const onward = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
  });
  through.listen(0, '127.0.0.1');
  await once(through, 'listening');
  onTestFinished(() => void through.close());
  const address = new URL(`http://user:p%40ss@127.0.0.1:${(through.address() as AddressInfo).port}`);
  const agent = createProxyAgent(address, new URL(server.origin));
  onTestFinished(() => agent.destroy());
  const [response] = (await once(get(`${server.origin}/mcp`, { agent }), 'response')) as [IncomingMessage];

  expect(response.statusCode).toBe(200);
  expect(asked).toEqual([
    `${new URL(server.origin).host} Basic ${Buffer.from('user:p@ss').toString('base64')}`,
  ]);
});
