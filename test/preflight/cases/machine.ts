import { readFileSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case } from './case.ts';

const args = ['--only', 'machine'];
const offline = [...args, '--offline'];
const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));
const manifest = (servers: object) => JSON.stringify({ mcpServers: servers });
const MANIFEST = '.config/claude/claude_desktop_config.json';

export const machineCases: readonly Case[] = [
  { name: 'npm is not on PATH', code: 'NPM_MISSING', args: offline, build: (bench) => bench.without('npm') },
  {
    name: 'npm does not run',
    code: 'NPM_BROKEN',
    args: offline,
    build: (bench) => bench.program('npm', 'echo "env: node: No such file" >&2; exit 127'),
  },
  {
    name: 'npm is ancient',
    code: 'NPM_TOO_OLD',
    severity: 'warning',
    args: offline,
    build: (bench) => bench.program('npm', 'echo 6.14.18'),
  },
  {
    name: 'npx is not on PATH',
    code: 'NPX_MISSING',
    severity: 'warning',
    args: offline,
    build: (bench) => bench.without('npx'),
  },
  {
    name: 'npx is not on PATH and an entry starts with it',
    code: 'NPX_MISSING',
    args: offline,
    async build(bench) {
      await bench.without('npx');
      await bench.write(MANIFEST, manifest({ files: { command: 'npx', args: ['-y', 'some-server'] } }));
    },
  },
  {
    name: 'an old node is first on PATH',
    code: 'NODE_ON_PATH_TOO_OLD',
    severity: 'warning',
    args: offline,
    build: (bench) => bench.program('node', 'echo v16.20.2'),
  },
  {
    name: 'an old node is first on PATH and an entry starts with it',
    code: 'NODE_ON_PATH_TOO_OLD',
    args: offline,
    async build(bench) {
      await bench.program('node', 'echo v14.21.3');
      await bench.write(MANIFEST, manifest({ files: { command: 'node', args: ['server.js'] } }));
    },
  },
  {
    name: 'a Python server without uv',
    code: 'UV_MISSING',
    args: offline,
    build: (bench) =>
      bench.write(MANIFEST, manifest({ time: { command: 'uvx', args: ['mcp-server-time'] } })),
  },
  {
    name: 'a container server without Docker',
    code: 'DOCKER_MISSING',
    args: offline,
    build: (bench) =>
      bench.write(MANIFEST, manifest({ github: { command: 'docker', args: ['run', '-i', 'some/image'] } })),
  },
  {
    name: 'a server from a git repository without git',
    code: 'GIT_MISSING',
    args: offline,
    async build(bench) {
      await bench.without('git');
      await bench.write(MANIFEST, manifest({ mine: { command: 'node', args: ['mine.js'] } }));
      const source = { type: 'git', url: 'https://git.test/mine', commit: 'a'.repeat(40), entry: 'mine.js' };
      const mine = { source, lockedAt: '2026-01-01T00:00:00.000Z' };
      await bench.write(
        '.config/claude/mcpctl-lock.json',
        JSON.stringify({ lockfileVersion: 1, servers: { mine } }),
      );
    },
  },
  {
    name: 'the Docker engine does not answer',
    code: 'DOCKER_NOT_RUNNING',
    args: offline,
    async build(bench) {
      await bench.program('docker', 'echo "Cannot connect to the Docker daemon" >&2; exit 1');
      await bench.write(
        MANIFEST,
        manifest({ github: { command: 'docker', args: ['run', '-i', 'some/image'] } }),
      );
    },
  },
  {
    name: 'a proxy variable without a host',
    code: 'PROXY_INVALID',
    args: offline,
    async build({ env }) {
      env.HTTPS_PROXY = 'http://';
    },
  },
  {
    name: 'a proxy variable of another kind',
    code: 'PROXY_INVALID',
    args: offline,
    async build({ env }) {
      env.https_proxy = 'ftp://proxy.invalid:21';
    },
  },
  {
    name: 'a proxy nobody listens at',
    code: 'PROXY_UNREACHABLE',
    args,
    async build({ env }) {
      env.HTTPS_PROXY = 'http://127.0.0.1:9';
    },
  },
  {
    name: 'a proxy that refuses the registry',
    code: 'REGISTRY_PROXY',
    args,
    async build(bench) {
      const { env } = bench;
      const origin = await bench.serve((_request, response) => response.writeHead(407).end());
      env.npm_config_registry = 'https://registry.example/';
      env.HTTPS_PROXY = origin;
    },
  },
  {
    name: 'a keychain that is needed and not there',
    code: 'KEYCHAIN_UNAVAILABLE',
    args: offline,
    build: (bench) =>
      bench.write(MANIFEST, manifest({ files: { command: 'node', env: { KEY: '${keychain:MY_KEY}' } } })),
  },
  {
    name: 'extra certificates that are not there',
    code: 'CA_FILE_MISSING',
    args: offline,
    async build({ env, home }) {
      env.NODE_EXTRA_CA_CERTS = join(home, 'gone.pem');
    },
  },
  {
    name: 'extra certificates in a file without one',
    code: 'CA_FILE_INVALID',
    args: offline,
    async build(bench) {
      bench.env.NODE_EXTRA_CA_CERTS = await bench.write('ca.der', Buffer.from([0x30, 0x82, 1, 2, 3]));
    },
  },
  {
    name: 'a registry whose name does not resolve',
    code: 'REGISTRY_DNS',
    args,
    async build({ env }) {
      env.npm_config_registry = 'http://registry.invalid/';
    },
  },
  {
    name: 'a registry nobody listens at, set in .npmrc',
    code: 'REGISTRY_REFUSED',
    args,
    async build(bench) {
      delete bench.env.npm_config_registry;
      await bench.write('.npmrc', 'registry=http://127.0.0.1:9/\n');
    },
  },
  {
    name: 'a registry with an unknown certificate',
    code: 'REGISTRY_TLS',
    args,
    async build(bench) {
      const server = createTlsServer({
        key: readFileSync(fixture('key.pem')),
        cert: readFileSync(fixture('cert.pem')),
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      bench.onCleanUp(() => server.close());
      bench.env.npm_config_registry = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    },
  },
  {
    name: 'a registry that hangs up',
    code: 'REGISTRY_TIMEOUT',
    args,
    async build(bench) {
      const server = createTcpServer((socket) => socket.destroy());
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      bench.onCleanUp(() => server.close());
      bench.env.npm_config_registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    },
  },
  {
    name: 'a registry in trouble',
    code: 'REGISTRY_UNHEALTHY',
    severity: 'warning',
    args,
    async build(bench) {
      bench.env.npm_config_registry = await bench.serve((_request, response) =>
        response.writeHead(503).end(),
      );
    },
  },
  {
    name: 'a registry setting that is no address',
    code: 'REGISTRY_URL_INVALID',
    subject: 'npm registry',
    args,
    async build({ env }) {
      env.npm_config_registry = 'registry.company';
    },
  },
  {
    name: 'a clock that is an hour off',
    code: 'CLOCK_SKEW',
    severity: 'warning',
    args,
    async build(bench) {
      bench.env.npm_config_registry = await bench.serve((_request, response) =>
        response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString()).end(),
      );
    },
  },
  {
    name: 'a read-only configuration folder',
    code: 'FOLDER_READ_ONLY',
    subject: '.config',
    args: offline,
    build: (bench) => bench.folder('.config/claude', 0o555),
  },
  {
    name: 'a read-only home',
    code: 'FOLDER_READ_ONLY',
    args: offline,
    build: ({ home }) => chmod(home, 0o555),
  },
  {
    name: 'a state folder others can read',
    code: 'FOLDER_OPEN_TO_OTHERS',
    severity: 'warning',
    subject: 'state',
    args: offline,
    build: (bench) => bench.folder('.local/state/mcpctl', 0o755),
  },
  {
    name: 'a manifest others can write',
    code: 'FOLDER_OPEN_TO_OTHERS',
    severity: 'warning',
    subject: 'claude_desktop_config.json',
    args: offline,
    build: (bench) => bench.write(MANIFEST, manifest({}), 0o666),
  },
  {
    name: 'a file where a folder belongs',
    code: 'FOLDER_IS_A_FILE',
    args: offline,
    build: (bench) => bench.write('.local/share/mcpctl', 'oops'),
  },
  {
    name: 'a HOME that does not exist',
    code: 'HOME_UNUSABLE',
    args: offline,
    async build({ env }) {
      env.HOME = '/nonexistent/home';
    },
  },
  {
    name: 'a TMPDIR that does not exist',
    code: 'TEMPORARY_FOLDER_UNUSABLE',
    args: offline,
    async build({ env, home }) {
      env.TMPDIR = join(home, 'no-such-folder');
    },
  },
  {
    name: 'a low limit of open files',
    code: 'OPEN_FILES_LOW',
    severity: 'warning',
    args: offline,
    shell: 'ulimit -n 100;',
    build: async () => {},
  },
  ...(process.getuid?.() === 0
    ? [
        {
          name: 'folders that belong to root after sudo',
          code: 'FOLDER_OWNED_BY_ANOTHER',
          subject: 'mcpctl',
          args: offline,
          user: 65_534,
          async build(bench) {
            await chown(bench.home, 65_534, 65_534);
            await bench.folder('.local/state/mcpctl');
          },
        } satisfies Case,
      ]
    : []),
];
