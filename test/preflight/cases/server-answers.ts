import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import type { Workbench } from '../workbench.ts';
import type { Case } from './case.ts';
import { args, configure, configureScript, fixture, listen, working } from './server-bench.ts';

const answering = (
  name: string,
  code: string,
  status: number,
  headers: Record<string, string> = {},
): Case => ({
  name,
  code,
  args,
  async build(bench) {
    const origin = await bench.serve((request, response) => {
      request.resume();
      response.writeHead(status, { 'content-type': 'text/html' }).end('<h1>no</h1>');
    });
    await configure(bench, { url: `${origin}/mcp`, headers });
  },
});

/** Servers that start and answer otherwise than they should, and remote ones. */
export const answerCases: readonly Case[] = [
  {
    name: 'a program that prints text and is no server',
    code: 'SERVER_JUNK',
    args: [...args, '--timeout', '2'],
    build: (bench) => configure(bench, { command: 'node', args: [fixture('servers/not-a-server.mjs')] }),
  },
  {
    name: 'a server that prints text between its messages',
    code: 'SERVER_PRINTS_TEXT',
    severity: 'warning',
    args,
    build: (bench) => configure(bench, { command: 'node', args: [fixture('servers/junk.mjs')] }),
  },
  {
    name: 'a server without tools',
    code: 'SERVER_NO_TOOLS',
    args,
    build: (bench) => configure(bench, { command: 'node', args: [fixture('servers/no-tools.mjs')] }),
  },
  {
    name: 'a server of an unknown protocol version',
    code: 'SERVER_PROTOCOL',
    args,
    build: (bench) =>
      configureScript(
        bench,
        `process.stdin.once('data', () => console.log(JSON.stringify({ jsonrpc: '2.0', id: 1,
           result: { protocolVersion: '1999-01-01', capabilities: {}, serverInfo: { name: 'x', version: '1' } } })));`,
      ),
  },
  {
    name: 'a server that refuses the greeting',
    code: 'SERVER_REFUSES',
    args,
    build: (bench) =>
      configureScript(
        bench,
        `process.stdin.on('data', (text) => { for (const line of String(text).trim().split('\\n')) {
           const { id } = JSON.parse(line);
           if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32603, message: 'no' } }));
         } });`,
      ),
  },
  {
    name: 'a key the service refuses at the first call',
    code: 'SERVER_KEY_REFUSED',
    args,
    async build(bench) {
      await configureScript(
        bench,
        `serve({ tools: [tool('list_allowed_directories')],
           call: () => ({ isError: true, content: [{ type: 'text', text: 'Error: token has expired' }] }) });`,
      );
      await asFilesystem(bench);
    },
  },
  {
    name: 'a tool that fails at the first call',
    code: 'SERVER_FIRST_CALL_FAILED',
    severity: 'warning',
    args,
    async build(bench) {
      await configureScript(
        bench,
        `serve({ tools: [tool('list_allowed_directories')],
           call: () => ({ isError: true, content: [{ type: 'text', text: 'out of cheese' }] }) });`,
      );
      await asFilesystem(bench);
    },
  },
  {
    name: 'tools that are not those of the lock',
    code: 'SERVER_TOOLS_CHANGED',
    severity: 'warning',
    args,
    async build(bench) {
      await configureScript(bench, working);
      const hash = 'a'.repeat(64);
      await lock(bench, {
        source: { type: 'command' },
        lockedAt: '2026-01-01T00:00:00.000Z',
        tools: { protocolVersion: '2025-11-25', hash, tools: { echo: hash, gone: hash } },
      });
    },
  },
  {
    name: 'a locked server that is not installed here',
    code: 'SERVER_NOT_INSTALLED',
    severity: 'error',
    args,
    async build(bench) {
      const path = fixture('servers/echo.mjs');
      await bench.program('npx', `exec node ${path}`);
      await configure(bench, { command: 'npx', args: ['-y', 'some-server@1.0.0'] });
      await lock(bench, npmLock('1.0.0'));
    },
  },
  {
    name: 'an entry of another version than the lock',
    code: 'LOCK_DIFFERS',
    severity: 'warning',
    args,
    async build(bench) {
      const path = fixture('servers/echo.mjs');
      await bench.program('npx', `exec node ${path}`);
      await configure(bench, { command: 'npx', args: ['-y', 'some-server@2.0.0'] });
      await lock(bench, npmLock('1.0.0'));
    },
  },
  {
    name: 'a url that is no address',
    code: 'SERVER_URL_INVALID',
    args: ['--only', 'servers'],
    build: (bench) => configure(bench, { url: 'linear.app/mcp' }),
  },
  {
    name: 'a host that does not exist',
    code: 'SERVER_HOST_UNKNOWN',
    args: ['--only', 'servers'],
    build: (bench) => configure(bench, { url: 'http://mcp.invalid/mcp' }),
  },
  {
    name: 'a local HTTP server that is not started',
    code: 'SERVER_NOT_LISTENING',
    args,
    build: (bench) => configure(bench, { url: 'http://127.0.0.1:9/mcp' }),
  },
  {
    name: 'a remote server with an unknown certificate',
    code: 'SERVER_CERTIFICATE',
    args,
    async build(bench) {
      const [key, cert] = [fixture('tls/key.pem'), fixture('tls/cert.pem')].map((path) => readFileSync(path));
      const port = await listen(bench, createTlsServer({ ...(key && { key }), ...(cert && { cert }) }));
      await configure(bench, { url: `https://127.0.0.1:${port}/mcp` });
    },
  },
  {
    name: 'a server that hangs up',
    code: 'SERVER_HTTP_BROKEN',
    args,
    async build(bench) {
      const port = await listen(
        bench,
        createTcpServer((socket) => socket.destroy()),
      );
      await configure(bench, { url: `http://127.0.0.1:${port}/mcp` });
    },
  },
  {
    name: 'a server that is not locked',
    code: 'SERVER_NOT_LOCKED',
    severity: 'info',
    args,
    build: (bench) => configureScript(bench, working),
  },
  answering('a port that belongs to another program', 'SERVER_NOT_MCP', 404),
  { ...answering('a remote server that wants a sign-in', 'SIGN_IN_NEEDED', 401), severity: 'warning' },
  answering('a remote server that refuses the key', 'SERVER_KEY_REFUSED', 401, {
    Authorization: 'Bearer ${HOME}',
  }),
  answering('a remote server in trouble', 'SERVER_UNHEALTHY', 503),
];

/** Lets the catalog know which harmless call the server has. */
const asFilesystem = (bench: Workbench) =>
  lock(bench, { source: { type: 'command' }, lockedAt: '2026-01-01T00:00:00.000Z', catalog: 'filesystem' });

const lock = (bench: Workbench, entry: object) =>
  bench.write(
    '.config/claude/mcpctl-lock.json',
    JSON.stringify({ lockfileVersion: 1, servers: { broken: entry } }),
  );

const npmLock = (version: string) => ({
  source: {
    type: 'npm',
    package: 'some-server',
    version,
    integrity: `sha512-${'A'.repeat(86)}==`,
    bin: 'some-server',
  },
  lockedAt: '2026-01-01T00:00:00.000Z',
});
