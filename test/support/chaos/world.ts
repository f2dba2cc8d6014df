import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RedisServer, startRedis } from '../redis.ts';
import type { Endpoint } from './clients.ts';
import { end, makeToken, startGateway } from './gateway-process.ts';
import { type ChaosServer, chaosServers } from './servers.ts';

/** A gateway with its servers, its Redis and two tokens. */
export interface ChaosWorld {
  readonly servers: readonly ChaosServer[];
  readonly redis: RedisServer;
  readonly gateway: ChildProcess;
  /** One for each principal. */
  readonly endpoints: readonly Endpoint[];
  /** Ends the server that mcpctl does not start itself, and starts it again. */
  restartRemote(): Promise<void>;
  /** What the gateway said on stderr so far. */
  said(): string;
  /** Asks the gateway to end, and waits for it; true when it ended by itself within 15 s. */
  stopGateway(): Promise<boolean>;
  close(): Promise<void>;
}

export async function openWorld(root: string): Promise<ChaosWorld> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-chaos-')));
  const redis = await startRedis();
  const servers = await chaosServers(root, folder);
  const env = { HOME: folder, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' };
  await writeHome(folder, servers, redis.url);
  const mcpctl = join(root, 'bin/mcpctl.js');
  const tokens = await Promise.all(['ada', 'bob'].map((name) => makeToken({ mcpctl, env }, name)));

  let remote = await startRemote(servers, env);
  const gateway = await startGateway({ mcpctl, env });
  return {
    servers,
    redis,
    gateway: gateway.child,
    endpoints: tokens.map((token) => ({ url: gateway.url, token })),
    async restartRemote() {
      await end(remote, 'SIGKILL');
      remote = await startRemote(servers, env);
    },
    said: gateway.said,
    stopGateway: async () => await end(gateway.child, 'SIGTERM'),
    async close() {
      await end(gateway.child, 'SIGKILL');
      await end(remote, 'SIGKILL');
      await redis.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function writeHome(home: string, servers: readonly ChaosServer[], url: string): Promise<void> {
  const entries = servers.map(({ name, command, args, env, port }) => [
    name,
    port === undefined ? { command, args, ...(env && { env }) } : { url: `http://127.0.0.1:${port}/mcp` },
  ]);
  const settings = {
    limits: { perMinute: 0 },
    audit: { key: 'file' },
    store: { kind: 'redis', url },
    cache: { tools: { 'files/read_text_file': { ttlMs: 2000 } } },
  };
  const [claude, ours] = [join(home, '.config/claude'), join(home, '.config/mcpctl')];
  await mkdir(claude, { recursive: true });
  await mkdir(ours, { recursive: true });
  const manifest = JSON.stringify({ mcpServers: Object.fromEntries(entries) });
  await writeFile(join(claude, 'claude_desktop_config.json'), manifest);
  await writeFile(join(ours, 'config.json'), JSON.stringify(settings));
}

async function startRemote(
  servers: readonly ChaosServer[],
  env: Record<string, string>,
): Promise<ChildProcess> {
  const server = servers.find(({ port }) => port !== undefined);
  if (!server) throw new Error('no server over HTTP');
  const child = spawn(server.command, [...server.args], {
    env: { ...env, ...server.env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  return child;
}
