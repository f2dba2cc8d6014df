import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { emptyHome, type Home, mcpctl, start } from './cli.ts';
import { writeManifest } from './servers.ts';

export interface GatewayOptions {
  /** Name → manifest entry. */
  readonly servers: Record<string, object>;
  /** The user's settings. */
  readonly settings?: object;
  /** After `gateway --http --port 0`. */
  readonly args?: readonly string[];
  /** Names of the tokens to make; `test` by default, none for `--no-token`. */
  readonly tokens?: readonly string[];
  readonly env?: Record<string, string>;
}

export interface TestGateway extends Home {
  /** Of `/mcp`. */
  readonly url: string;
  /** The first token; empty without. */
  readonly token: string;
  /** By name. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly child: ChildProcess;
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** Asks it to stop; settles with its exit status. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** An empty HOME with a manifest, and settings if any. */
export async function gatewayHome(
  options: Pick<GatewayOptions, 'servers' | 'settings' | 'env'>,
): Promise<Home> {
  const home = await emptyHome(options.env);
  await writeManifest(home.home, options.servers);
  if (options.settings) await writeSettings(home, options.settings);
  return home;
}

export async function writeSettings({ home }: Home, settings: object): Promise<void> {
  const folder = join(home, '.config', 'mcpctl');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(settings));
}

export async function makeToken(home: Home, name: string): Promise<string> {
  const { stdout, stderr } = await mcpctl(['gateway', 'token', '--name', name], home);
  if (stdout === '') throw new Error(`no token was made\n${stderr}`);
  return stdout.trim();
}

/** Starts the built gateway over HTTP on a port the system picks; killed when the test ends. */
export async function startGateway(options: GatewayOptions): Promise<TestGateway> {
  const home = await gatewayHome(options);
  const tokens: Record<string, string> = {};
  const isOpen = options.args?.includes('--no-token') ?? false;
  for (const name of options.tokens ?? (isOpen ? [] : ['test'])) tokens[name] = await makeToken(home, name);
  return { ...(await startGatewayIn(home, options.args)), tokens, token: Object.values(tokens)[0] ?? '' };
}

export async function startGatewayIn(
  home: Home,
  args: readonly string[] = [],
): Promise<Omit<TestGateway, 'token' | 'tokens'>> {
  const child = start(['gateway', '--http', '--port', '0', ...args], home);
  const closed = once(child, 'close').then(([status]) => status as number | null);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  let stdout = '';
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk) => {
      stdout += chunk;
      const found = /http:\/\/\S+\/mcp/.exec(stdout)?.[0];
      if (found) resolve(found);
    });
    void closed.then((status) => reject(new Error(`the gateway ended with ${status}\n${stdout}\n${stderr}`)));
  });
  return {
    ...home,
    url,
    child,
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return await closed;
    },
  };
}
