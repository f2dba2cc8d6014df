import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { emptyHome, type Home, mcpctl, start } from '../../support/cli.ts';
import { initialize, type LineClient, lineClient } from '../../support/line-client.ts';
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from '../../support/oauth/authorization-server.ts';
import {
  type FetchBrowser,
  type FetchBrowserOptions,
  fetchBrowser,
} from '../../support/oauth/fetch-browser.ts';
import { type ProtectedServer, startProtectedServer } from '../../support/oauth/protected-server.ts';
import { startSecretService } from '../../support/secret-service.ts';

/** How long a call may wait for a token that others renew: what these tests judge is whether it comes, not when. */
const PATIENCE_MS = 30_000;

export interface World extends Home {
  readonly issuer: AuthorizationServer;
  readonly server: ProtectedServer;
  readonly browser: FetchBrowser;
}

/** A home with a server called `remote` that nobody signed in to. */
export async function homeWithServer(
  options: AuthorizationServerOptions = {},
  browsing: FetchBrowserOptions = {},
): Promise<World> {
  const issuer = await startAuthorizationServer(options);
  onTestFinished(issuer.close);
  const server = await startProtectedServer({
    issuers: [issuer.issuer],
    verify: issuer.verify,
    challengeScope: 'read',
  });
  onTestFinished(server.close);
  const browser = await fetchBrowser(browsing);
  const home = await emptyHome({ BROWSER: browser.program });
  const folder = join(home.home, '.config', 'claude');
  await mkdir(folder, { recursive: true });
  const manifest = { mcpServers: { remote: { url: server.url, auth: 'oauth' } } };
  await writeFile(join(folder, 'claude_desktop_config.json'), JSON.stringify(manifest));
  // These tests call more often than people do.
  const settings = join(home.home, '.config', 'mcpctl');
  await mkdir(settings);
  await writeFile(
    join(settings, 'config.json'),
    JSON.stringify({ limits: { perMinute: 0 }, timeouts: { toolMs: PATIENCE_MS } }),
  );
  return { ...home, issuer, server, browser };
}

/** A home signed in to a server called `remote`, by the built CLI. */
export async function signedInHome(options: AuthorizationServerOptions = {}): Promise<World> {
  const here = await homeWithServer(options);
  await signIn(here, '--store', 'file');
  return here;
}

/** The same, the tokens in a real keychain. */
export async function signedInWithKeychain(options: AuthorizationServerOptions): Promise<World> {
  const service = await startSecretService();
  onTestFinished(() => service.stop());
  const here = await homeWithServer(options);
  const world = { ...here, env: { ...here.env, ...service.env } };
  await signIn(world);
  return world;
}

async function signIn(home: Home, ...flags: string[]): Promise<void> {
  const { status, stderr } = await mcpctl(['auth', 'login', 'remote', '--yes', ...flags], home);
  expect(status, stderr).toBe(0);
}

/** A client with its own `mcpctl run remote`. */
export function startedClient(home: Home, ...flags: string[]): LineClient {
  const client = lineClient(start(['run', 'remote', ...flags], home));
  onTestFinished(() => void client.child.kill('SIGKILL'));
  client.send(initialize());
  return client;
}

/** The same, its session begun. */
export async function runningClient(home: Home, ...flags: string[]): Promise<LineClient> {
  const client = startedClient(home, ...flags);
  const answer = await client.answer(0);
  expect(answer).toContain('protocolVersion');
  client.send({ method: 'notifications/initialized' });
  return client;
}

/** Calls a tool and gives the whole answer. */
export async function whoami(client: LineClient, id: number, tool = 'whoami'): Promise<string> {
  client.send({ id, method: 'tools/call', params: { name: tool, arguments: {} } });
  return await client.answer(id);
}

export interface Called {
  readonly calls: number;
  /** Answers that are not what the tool says. */
  readonly failed: readonly string[];
}

/** Calls one after the other for as long as `goesOn` says so, or until the process is killed. */
export async function callWhile(client: LineClient, goesOn: (calls: number) => boolean): Promise<Called> {
  const failed: string[] = [];
  let calls = 0;
  for (; goesOn(calls); calls += 1) {
    const answer = await whoami(client, calls + 1).catch((error: unknown) => {
      if (!client.child.killed) throw error;
    });
    if (answer === undefined) break;
    if (!answer.includes('ada')) failed.push(answer);
    await pause(30);
  }
  return { calls, failed };
}

/** Kills a process unless it holds the lock of a sign-in, and is stopped while that is looked at. */
export async function killOutsideLock(client: LineClient, { home }: Home): Promise<boolean> {
  const { child } = client;
  child.kill('SIGSTOP');
  if (await holdsLock(child.pid, join(home, '.local', 'state', 'mcpctl', 'locks'))) {
    child.kill('SIGCONT');
    return false;
  }
  child.kill('SIGKILL');
  await client.closed;
  return true;
}

async function holdsLock(pid: number | undefined, folder: string): Promise<boolean> {
  for (const name of await readdir(folder)) {
    if (!/^sign-in-.*\.lock/.test(name)) continue;
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    if (text.includes(`"pid":${pid},`)) return true;
  }
  return false;
}
