import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { browse } from '../../fixtures/oauth/fetch-browser.mjs';
import { MCPCTL, start } from '../../support/cli.ts';
import { lineClient } from '../../support/line-client.ts';
import { type Bench, type BenchOptions, bench, failure, said } from './bench.ts';

const SSH = { SSH_CONNECTION: '10.0.0.2 50000 10.0.0.1 22', SSH_TTY: '/dev/pts/9' };

test('without a browser the address is printed and the redirect can be pasted', async () => {
  const { home, env, issuer, call } = await headless({ env: SSH });
  const args = ['auth', 'login', 'subject', '--store', 'file', '--yes', '--no-browser'];
  const child = start(args, { home, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const client = lineClient(child);
  const address = await addressIn(() => client.stderr());
  const { url } = await browse(address, { stopAt: new URL(address).searchParams.get('redirect_uri') ?? '' });
  client.send(url);

  expect(await client.closed).toBe(0);
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
  expect(issuer.seen.exchanges()).toHaveLength(1);
});

test('a pasted redirect of somebody else is refused and the wait goes on', async () => {
  const { home, env, issuer } = await headless({ env: SSH });
  const args = ['auth', 'login', 'subject', '--store', 'file', '--yes', '--no-browser'];
  const child = start(args, { home, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const client = lineClient(child);
  const address = await addressIn(() => client.stderr());
  const redirect = new URL(address).searchParams.get('redirect_uri') ?? '';
  const { url } = await browse(address, { stopAt: redirect });
  client.send(`${redirect}?code=stolen&state=wrong\n\nhello\n${url}`);

  expect(await client.closed).toBe(0);
  expect(issuer.seen.exchanges()).toHaveLength(1);
});

test('over SSH a code for another device is used where the server knows such codes', async () => {
  const { home, env, call } = await headless({ env: SSH, issuer: { deviceFlow: true } });
  const child = start(['auth', 'login', 'subject', '--store', 'file', '--yes'], { home, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const client = lineClient(child);
  const address = await addressIn(() => client.stderr(), /https?:\/\/\S+user_code=\S+/);
  await browse(address);

  expect(await client.closed).toBe(0);
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
});

test('nobody who answers ends in a timeout, not in a hang', async () => {
  const { login } = await headless({ env: SSH });
  const done = await login('--timeout', '2');

  expect(failure(done)).toEqual({ status: 4, code: 'SIGN_IN_TIMEOUT' });
  expect(done.stderr).toMatch(/https?:\/\/\S+code_challenge=/);
});

test('a home that cannot be written to is an error before anybody is asked to sign in', async () => {
  const { home, env, issuer } = await bench();
  const folder = join(home, '.local');
  execFileSync('mkdir', ['-p', folder, join(home, '.config', 'mcpctl')]);
  const command = `mount -t tmpfs -o ro none "$1" && mount -t tmpfs -o ro none "$2" && shift 2 && exec "$@"`;
  const login = [process.execPath, MCPCTL, 'auth', 'login', 'subject', '--store', 'file', '--yes', '--json'];
  const child = spawn(
    'unshare',
    ['--mount', '/bin/sh', '-c', command, 'sh', folder, join(home, '.config', 'mcpctl'), ...login],
    { env, cwd: home, stdio: 'pipe' },
  );
  const client = lineClient(child);

  expect(await client.closed).toBeGreaterThan(0);
  const { error } = JSON.parse(client.lines.join('\n'));
  expect(error.code).not.toBe('INTERNAL');
  expect(error.message).toMatch(/read-only|not writable|cannot be written/i);
  expect(issuer.seen.authorizations()).toEqual([]);
});

/** Without any program that could open an address. */
async function headless(options: BenchOptions): Promise<Bench> {
  const made = await bench(options);
  Object.assign(made.env, { BROWSER: '', PATH: '/nowhere' });
  return made;
}

async function addressIn(text: () => string, pattern = /https?:\/\/\S+code_challenge=\S+/): Promise<string> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const found = pattern.exec(text())?.[0];
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`no address in ${text()}`);
}
