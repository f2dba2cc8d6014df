import { createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case } from './case.ts';
import { args, configure, configureScript, fixture, listen, working } from './server-bench.ts';

const nodeModule = (path: string) => fileURLToPath(new URL(`../../../node_modules/${path}`, import.meta.url));

const token = (expires: number): string =>
  ['{"alg":"HS256"}', JSON.stringify({ sub: 'me', exp: expires }), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

/** Servers that do not start, and why. */
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
];
