import { expect, onTestFinished, test, vi } from 'vitest';
import { start } from '../../support/cli.ts';
import { freePort } from '../../support/free-port.ts';
import { lineClient } from '../../support/line-client.ts';
import { bench, failure, said } from './bench.ts';

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s ends a sign-in that waits, and frees its port',
  async (signal) => {
    const callbackPort = await freePort();
    const { home, env, browser, issuer, status } = await bench({
      browser: { does: 'nothing' },
      entry: { callbackPort },
    });
    const child = start(['auth', 'login', 'subject', '--store', 'file', '--yes'], { home, env });
    onTestFinished(() => void child.kill('SIGKILL'));
    const client = lineClient(child);
    await vi.waitFor(async () => expect(await browser.started()).toHaveLength(1), 60_000);
    child.kill(signal);

    expect(await client.closed).toBe(130);
    expect(issuer.seen.exchanges()).toEqual([]);
    await expect(fetch(`http://127.0.0.1:${callbackPort}/callback`)).rejects.toThrow();
    expect((await status()).document.data?.signIns ?? []).toEqual([]);
  },
);

test('a browser that cannot be started leaves the address to open by hand', async () => {
  const { login } = await bench({ env: { BROWSER: '/no/such/browser' } });
  const done = await login('--timeout', '2');

  expect(failure(done)).toEqual({ status: 4, code: 'SIGN_IN_TIMEOUT' });
  expect(done.stderr).toMatch(/Open this address in a browser:\s+http:\S+code_challenge=/);
});

test('two sign-ins to one server at a time leave one that works', async () => {
  const { login, call } = await bench();
  const both = await Promise.all([login(), login()]);

  expect(both.map(({ document }) => document.ok)).toEqual([true, true]);
  expect(said(await call('add', 'a:=1', 'b:=2'))).toBe('3');
});
