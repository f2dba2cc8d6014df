import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

export interface GatewayHome {
  /** Path of the built program. */
  readonly mcpctl: string;
  /** With the HOME that has the manifest, the settings and the tokens. */
  readonly env: Readonly<Record<string, string>>;
}

export interface GatewayProcess {
  readonly child: ChildProcess;
  /** Of all its servers. */
  readonly url: string;
  /** The last of what it said on stderr. */
  said(): string;
}

/** Starts a gateway over HTTP and waits until it listens. */
export async function startGateway({ mcpctl, env }: GatewayHome): Promise<GatewayProcess> {
  const child = spawn(process.execPath, [mcpctl, 'gateway', '--http', '--port', '0'], {
    env,
    cwd: env.HOME,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    said = (said + chunk).slice(-20_000);
  });
  const ended = once(child, 'exit').then(([status]): never => {
    throw new Error(`the gateway ended with ${status}: ${said}`);
  });
  ended.catch(() => {});
  const url = await Promise.race([ended, urlIn(child.stdout)]);
  return { child, url, said: () => said };
}

async function urlIn(stdout: Readable): Promise<string> {
  let text = '';
  return await new Promise((resolve) => {
    stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/\S+\/mcp/.exec(text)?.[0];
      if (found !== undefined) resolve(found);
    });
  });
}

export async function makeToken({ mcpctl, env }: GatewayHome, name: string): Promise<string> {
  const { data } = JSON.parse(
    await answerOf({ mcpctl, env }, ['gateway', 'token', '--name', name, '--json']),
  );
  return data.token;
}

/** What a command says on stdout; fails when it does. */
export async function answerOf({ mcpctl, env }: GatewayHome, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [mcpctl, ...args], { env, cwd: env.HOME, stdio: 'pipe' });
  let text = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    said += chunk;
  });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`mcpctl ${args.join(' ')} ended with ${status}: ${text}${said}`);
  return text;
}

/** True when it ended within 15 s. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  const ended = once(child, 'exit').then(() => true);
  child.kill(signal);
  return await Promise.race([ended, pause(15_000, false, { ref: false })]);
}
