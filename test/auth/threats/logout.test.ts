import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bench, failure } from './bench.ts';

test('a sign-out ends the tokens and the registration there, and forgets them here', async () => {
  const { issuer, login, logout, call } = await bench();
  await login();
  const [granted] = issuer.seen.exchanges();
  const { refresh_token } = JSON.parse(granted?.answer?.body ?? '{}');

  expect((await logout()).document).toMatchObject({ ok: true });
  expect(issuer.seen.revocations().map(({ form }) => form.get('token'))).toContain(refresh_token);
  expect(issuer.requests.map(({ method, path }) => `${method} ${path.slice(0, 5)}`)).toContain(
    'DELETE /reg/',
  );
  expect(failure(await call('whoami'))).toEqual({ status: 4, code: 'SIGN_IN_NEEDED' });
});

test.each(['reset', 'unavailable'])(
  'a sign-out while revocation fails (%s) forgets all the same, and says so',
  async (how) => {
    const { issuer, home, login, logout, call } = await bench();
    await login();
    issuer.intercept(({ path }, response) => {
      if (!path.endsWith('/revocation')) return false;
      if (how === 'reset') response.socket?.resetAndDestroy();
      else response.writeHead(503).end();
      return true;
    });
    const done = await logout();

    expect(done.document).toMatchObject({ ok: true });
    expect(done.stdout + done.stderr).toMatch(/revo|end/i);
    expect(failure(await call('whoami'))).toEqual({ status: 4, code: 'SIGN_IN_NEEDED' });
    expect(await textsBelow(home)).not.toContain(issuer.issuer);
  },
);

/** Everything in files below a folder. */
async function textsBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
  );
  return texts.join('\n');
}
