import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** A Redis of one's own on a free loopback port. */
export interface RedisServer {
  readonly url: string;
  readonly pid: number;
  /** Ends it without a farewell, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again at the same port; what it held is there when it was started with `keeps`. */
  start(): Promise<void>;
  /** It takes connections and answers nothing until `resume`. */
  freeze(): void;
  resume(): void;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

export interface RedisServerOptions {
  /** Writes each change to disk, so that it survives `kill`; it forgets by default. */
  readonly keeps?: boolean;
  readonly password?: string;
}

/** Starts Debian's redis-server; the caller stops it with `onTestFinished(redis.stop)` or in `afterAll`. */
export async function startRedis({ keeps = false, password }: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-redis-')));
  const port = await freePort();
  const kept = keeps ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const secret = password === undefined ? [] : ['--requirepass', password];
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    server = spawn('redis-server', [...args, ...kept, ...secret], { stdio: ['ignore', 'pipe', 'inherit'] });
    await ready(server);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.kill(signal);
    await once(server, 'exit');
  };
  await start();
  return {
    url: `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    get pid() {
      return server.pid ?? 0;
    },
    kill: () => end('SIGKILL'),
    start,
    freeze: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    async stop() {
      server.kill('SIGCONT');
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function ready(server: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let text = '';
    server.stdout?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (text.includes('Ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (status) => reject(new Error(`Redis ended with status ${status}: ${text}`)));
  });
  server.removeAllListeners('exit');
}

/** Waits until something holds, looking often, however long the machine takes. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20);
}
