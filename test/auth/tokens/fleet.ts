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
import { fetchBrowser } from '../../support/oauth/fetch-browser.ts';
import { type ProtectedServer, startProtectedServer } from '../../support/oauth/protected-server.ts';

export interface SignedIn extends Home {
  readonly issuer: AuthorizationServer;
  readonly server: ProtectedServer;
  /** What `auth status --json` knows of the sign-in. */
  status(): Promise<Record<string, unknown>>;
}

/** A home signed in to a server called `remote`, by the built CLI. */
export async function signedInHome(options: AuthorizationServerOptions = {}): Promise<SignedIn> {
  const issuer = await startAuthorizationServer(options);
  onTestFinished(issuer.close);
  const server = await startProtectedServer({
    issuers: [issuer.issuer],
    verify: issuer.verify,
    challengeScope: 'read',
  });
  onTestFinished(server.close);
  const { program } = await fetchBrowser();
  const home = await emptyHome({ BROWSER: program });
  const folder = join(home.home, '.config', 'claude');
  await mkdir(folder, { recursive: true });
  const manifest = { mcpServers: { remote: { url: server.url, auth: 'oauth' } } };
  await writeFile(join(folder, 'claude_desktop_config.json'), JSON.stringify(manifest));
  const { status, stderr } = await mcpctl(['auth', 'login', 'remote', '--store', 'file', '--yes'], home);
  expect(stderr).toContain('remote');
  expect(status).toBe(0);
  return {
    ...home,
    issuer,
    server,
    async status() {
      const { stdout } = await mcpctl(['auth', 'status', '--json'], home);
      return JSON.parse(stdout).data;
    },
  };
}

/** A client with its own `mcpctl run remote`, its session begun. */
export async function runningClient(home: Home): Promise<LineClient> {
  const client = lineClient(start(['run', 'remote'], home));
  onTestFinished(() => void client.child.kill('SIGKILL'));
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  return client;
}

/** Calls a tool and gives the whole answer. */
export async function whoami(client: LineClient, id: number): Promise<string> {
  client.send({ id, method: 'tools/call', params: { name: 'whoami', arguments: {} } });
  return await client.answer(id);
}

/** Calls one after the other until the time is over or the process is killed. */
export async function callFor(
  client: LineClient,
  milliseconds: number,
): Promise<{ readonly calls: number; readonly failed: string[] }> {
  const until = performance.now() + milliseconds;
  const failed: string[] = [];
  let calls = 0;
  for (; performance.now() < until; calls += 1) {
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
