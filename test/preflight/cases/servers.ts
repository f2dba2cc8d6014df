import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Workbench } from '../workbench.ts';
import type { Case } from './case.ts';

const args = ['--only', 'servers', '--offline'];
const MANIFEST = '.config/claude/claude_desktop_config.json';
const fixture = (path: string) => fileURLToPath(new URL(`../../fixtures/${path}`, import.meta.url));
const nodeModule = (path: string) => fileURLToPath(new URL(`../../../node_modules/${path}`, import.meta.url));

const configure = (bench: Workbench, entry: object) =>
  bench.write(MANIFEST, JSON.stringify({ mcpServers: { broken: entry } }));

/** A server whose whole program is the given script. */
async function configureScript(bench: Workbench, script: string, env: Record<string, string> = {}) {
  const lib = JSON.stringify(fixture('servers/lib.mjs'));
  const path = await bench.write(
    'server.mjs',
    `import { serve, text, tool } from ${lib};\nimport { readFileSync } from 'node:fs';\n${script}\n`,
  );
  await configure(bench, { command: 'node', args: [path], env });
}

const working = "serve({ tools: [tool('echo')], call: () => text('ok') });";

async function listen(bench: Workbench, server: ReturnType<typeof createTcpServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  bench.onCleanUp(() => server.close());
  return (server.address() as AddressInfo).port;
}

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

const token = (expires: number): string =>
  ['{"alg":"HS256"}', JSON.stringify({ sub: 'me', exp: expires }), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

export const serverCases: readonly Case[] = [
  {
    name: 'a program that is not on PATH',
    code: 'COMMAND_NOT_FOUND',
    args,
    build: (bench) => configure(bench, { command: 'no-such-program', args: [] }),
  },
  {
    name: 'a program whose path does not exist',
    code: 'COMMAND_NOT_FOUND',
    args,
    build: (bench) => configure(bench, { command: '/opt/gone/server' }),
  },
  {
    name: 'a program that is not executable',
    code: 'COMMAND_NOT_EXECUTABLE',
    args,
    build: async (bench) =>
      configure(bench, { command: await bench.write('server.sh', '#!/bin/sh\n', 0o644) }),
  },
  {
    name: 'a working folder that does not exist',
    code: 'SERVER_NOT_STARTED',
    args,
    build: (bench) => configure(bench, { command: 'node', args: ['-e', '0'], cwd: '/no/such/folder' }),
  },
  {
    name: 'a key that is kept nowhere',
    code: 'KEY_MISSING',
    args,
    build: (bench) => configureScript(bench, working, { API_KEY: '${NO_SUCH_KEY}' }),
  },
  {
    name: 'a secret file others can read',
    code: 'KEY_FILE_OPEN_TO_OTHERS',
    args,
    async build(bench) {
      const path = await bench.write('key', 'hunter2hunter2', 0o644);
      await configureScript(bench, working, { API_KEY: `\${file:${path}}` });
    },
  },
  {
    name: 'a secret file that is gone',
    code: 'KEY_MISSING',
    args,
    build: (bench) => configureScript(bench, working, { API_KEY: `\${file:${join(bench.home, 'gone')}}` }),
  },
  {
    name: 'a server without the key the catalog says it needs',
    code: 'KEY_NOT_GIVEN',
    severity: 'warning',
    args,
    async build(bench) {
      await bench.program('npx', `exec node ${fixture('servers/echo.mjs')}`);
      await configure(bench, { command: 'npx', args: ['-y', '@brave/brave-search-mcp-server'] });
    },
  },
  {
    name: 'a server that needs a newer Node by the catalog',
    code: 'SERVER_NODE_TOO_OLD',
    severity: 'warning',
    args,
    async build(bench) {
      await bench.program('npx', `exec node ${fixture('servers/echo.mjs')}`);
      await configure(bench, {
        command: 'npx',
        args: ['-y', '@bytebase/dbhub'],
        env: { DSN: 'sqlite:///x' },
      });
    },
  },
  {
    name: 'a key in a keychain that is not there',
    code: 'KEY_UNREADABLE',
    args,
    build: (bench) => configureScript(bench, working, { API_KEY: '${keychain:MY_KEY}' }),
  },
  {
    name: 'a token that has expired',
    code: 'KEY_EXPIRED',
    args,
    async build(bench) {
      bench.env.MY_TOKEN = token(1_700_000_000);
      await configureScript(bench, working, { API_KEY: '${MY_TOKEN}' });
    },
  },
  {
    name: 'a server that exits and says which variable it needs',
    code: 'SERVER_NEEDS_KEY',
    args,
    build: (bench) => configure(bench, { command: 'node', args: [fixture('servers/exits.mjs')] }),
  },
  {
    name: 'a server that throws because a variable is missing',
    code: 'SERVER_NEEDS_KEY',
    args,
    build: (bench) =>
      configureScript(
        bench,
        "throw new Error('GITHUB_PERSONAL_ACCESS_TOKEN environment variable is required');",
      ),
  },
  {
    name: 'a server that exits without a word',
    code: 'SERVER_EXITED',
    args,
    build: (bench) => configureScript(bench, 'process.exit(7);'),
  },
  {
    name: 'a server killed by a signal',
    code: 'SERVER_EXITED',
    args,
    build: (bench) => configureScript(bench, "process.kill(process.pid, 'SIGKILL');"),
  },
  {
    name: 'a server file that is gone',
    code: 'SERVER_MODULE_MISSING',
    args,
    build: (bench) => configure(bench, { command: 'node', args: [join(bench.home, 'gone.js')] }),
  },
  {
    name: 'a server whose dependency is missing',
    code: 'SERVER_MODULE_MISSING',
    args,
    build: (bench) => configureScript(bench, "await import('left-pad-of-nowhere');"),
  },
  {
    name: 'a Python server whose module is missing',
    code: 'SERVER_MODULE_MISSING',
    args,
    async build(bench) {
      const command = await bench.program(
        'python',
        `echo "ModuleNotFoundError: No module named 'mcp'" >&2; exit 1`,
      );
      await configure(bench, { command, args: ['-m', 'server'] });
    },
  },
  {
    name: 'a server whose port is taken',
    code: 'SERVER_PORT_TAKEN',
    args,
    async build(bench) {
      const port = await listen(bench, createTcpServer());
      await configureScript(
        bench,
        `const { createServer } = await import('node:net'); createServer().listen(${port}, '127.0.0.1');`,
      );
    },
  },
  {
    name: 'a server that may not read its file',
    code: 'SERVER_PERMISSION_DENIED',
    args,
    build: (bench) =>
      configureScript(
        bench,
        'console.error("Error: EACCES: permission denied, open \'/etc/secret.json\'"); process.exit(1);',
      ),
  },
  {
    name: 'a server whose settings file does not exist',
    code: 'SERVER_FILE_MISSING',
    args,
    build: (bench) => configureScript(bench, "readFileSync('/no/such/settings.json');"),
  },
  {
    name: 'a filesystem server without its folder',
    code: 'SERVER_FILE_MISSING',
    args,
    build: (bench) =>
      configure(bench, {
        command: 'node',
        args: [nodeModule('@modelcontextprotocol/server-filesystem/dist/index.js'), '/no/such/folder'],
      }),
  },
  {
    name: 'a server that needs a newer Node',
    code: 'SERVER_NODE_TOO_OLD',
    args,
    build: (bench) =>
      configureScript(bench, "console.error('This package requires Node.js >= 99.0.0'); process.exit(1);"),
  },
  {
    name: 'a package that does not exist',
    code: 'SERVER_PACKAGE_UNKNOWN',
    args,
    async build(bench) {
      await bench.program(
        'npx',
        'echo "npm error code E404" >&2; echo "npm error 404 Not Found" >&2; exit 1',
      );
      await configure(bench, { command: 'npx', args: ['-y', 'no-such-package-at-all'] });
    },
  },
  {
    name: 'a package that cannot be downloaded',
    code: 'SERVER_PACKAGE_UNREACHABLE',
    args,
    async build(bench) {
      await bench.program('npx', 'echo "npm error code ECONNREFUSED" >&2; exit 1');
      await configure(bench, { command: 'npx', args: ['-y', 'some-package'] });
    },
  },
  {
    name: 'a database that is not reachable',
    code: 'SERVER_SERVICE_UNREACHABLE',
    args,
    build: (bench) =>
      configureScript(bench, "console.error('Error: connect ECONNREFUSED 127.0.0.1:5432'); process.exit(1);"),
  },
  {
    name: 'a key the service refuses at the start',
    code: 'SERVER_KEY_REFUSED',
    args,
    build: (bench) =>
      configureScript(bench, "console.error('Request failed: 401 Unauthorized'); process.exit(1);"),
  },
  {
    name: 'wrong arguments',
    code: 'SERVER_ARGUMENTS_WRONG',
    args,
    build: (bench) =>
      configureScript(bench, "console.error('Usage: server <allowed-directory> [more]'); process.exit(2);"),
  },
  {
    name: 'a server that hangs',
    code: 'SERVER_SILENT',
    args: [...args, '--timeout', '2'],
    build: (bench) => configure(bench, { command: 'node', args: [fixture('servers/silent.mjs')] }),
  },
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
