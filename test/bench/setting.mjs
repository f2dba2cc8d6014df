// What the items share: an empty HOME with a manifest, the servers, and the peers, installed by npm on first use.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { finish } from './measure.mjs';

const PEERS = { 'mcp-remote': '0.15.1', 'mcp-proxy': '6.7.19', 'mcp-hub': '4.2.1', supergateway: '4.0.0' };
const NETWORK =
  /^((https?|all|no)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|npm_config_(https?_)?(proxy|cafile))$/i;
const root = fileURLToPath(new URL('../..', import.meta.url));

export const NODE = process.execPath;
export const MCPCTL = join(root, 'bin', 'mcpctl.js');
export const EVERYTHING = join(root, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js');
export const MEMORY = join(root, 'node_modules/@modelcontextprotocol/server-memory/dist/index.js');

export async function createSetting({ peers, progress }) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-bench-')));
  const peerFolder = peers ?? join(folder, 'peers');
  const children = new Set();
  const closing = [];
  const env = { PATH: process.env.PATH, HOME: join(folder, 'home'), LANG: 'C.UTF-8' };
  // A bench calls more often than a minute allows.
  const settings = join(env.HOME, '.config', 'mcpctl');
  await mkdir(settings, { recursive: true });
  await writeFile(join(settings, 'config.json'), JSON.stringify({ limits: { perMinute: 0 } }));

  const setting = {
    folder,
    env,
    progress,
    /** Replaces the user's manifest in the bench's HOME. */
    async manifest(mcpServers) {
      const path = join(env.HOME, '.config', 'claude', 'claude_desktop_config.json');
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, JSON.stringify({ mcpServers }, null, 2));
    },
    /** Replaces the user's settings. */
    async settings(values) {
      const path = join(env.HOME, '.config', 'mcpctl', 'config.json');
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, JSON.stringify(values, null, 2));
    },
    mcpctl: (args, options = {}) => finish(NODE, [MCPCTL, ...args], { env, cwd: env.HOME, ...options }),
    async has(command) {
      const { stdout, stderr } = await setting.mcpctl(['--help']);
      return new RegExp(`^\\s+${command}\\b`, 'm').test(stdout + stderr);
    },
    /** The bench's environment with what npm needs to reach its registry as the caller's npm does. */
    async npmEnv() {
      const ask = async (key) =>
        (await finish('npm', ['config', 'get', key], { env: process.env })).stdout.trim();
      const [registry, userconfig] = await Promise.all([ask('registry'), ask('userconfig')]);
      const network = Object.entries(process.env).filter(([key]) => NETWORK.test(key));
      return {
        ...Object.fromEntries(network),
        ...env,
        npm_config_registry: registry,
        npm_config_userconfig: userconfig,
        npm_config_cache: join(folder, 'npm-cache'),
        npm_config_update_notifier: 'false',
        npm_config_fetch_retries: '1',
      };
    },
    /** Path of a peer's program. */
    async peer(name) {
      if (!existsSync(join(peerFolder, 'node_modules', name))) {
        progress(`installing ${Object.keys(PEERS).join(', ')}`);
        await mkdir(peerFolder, { recursive: true });
        const packages = Object.entries(PEERS).map(([peer, version]) => `${peer}@${version}`);
        const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
        await finish('npm', ['install', '--prefix', peerFolder, ...flags, ...packages], {
          env: { ...process.env },
        });
      }
      return join(peerFolder, 'node_modules', '.bin', name);
    },
    /** Starts a program that listens, and waits until its port answers; ended with the setting. */
    async serve(args, port, extra = {}) {
      const child = spawn(NODE, args, { env: { ...env, ...extra }, cwd: env.HOME, stdio: 'ignore' });
      children.add(child);
      child.on('exit', () => children.delete(child));
      for (let attempt = 0; !(await answers(port)); attempt += 1) {
        if (attempt > 300 || child.exitCode !== null) throw new Error(`${args.join(' ')} does not listen`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return child;
    },
    /** Something to close before the processes are ended. */
    onClose: (action) => closing.push(action),
    async close() {
      for (const action of closing.splice(0)) await action();
      for (const child of children) child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return setting;
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port) {
  return new Promise((resolve) => {
    const attempt = request({ host: '127.0.0.1', port, path: '/', timeout: 1000 }, (response) => {
      response.destroy();
      resolve(true);
    });
    attempt.on('error', () => resolve(false)).end();
  });
}
