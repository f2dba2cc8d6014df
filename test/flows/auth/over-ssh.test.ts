import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import { browse } from '../../fixtures/oauth/fetch-browser.mjs';
import { start } from '../../support/cli.ts';
import { type SignInWorld, signInWorld } from '../../support/sign-in-world.ts';

const SSH = { SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 2222', USER: 'ada' };

/** Starts a login without a browser of its own; `address` is what it prints, `said` all it wrote. */
async function loginOverSsh(world: SignInWorld, flags: readonly string[] = []) {
  const { BROWSER: _, ...env }: Record<string, string> = { ...world.env, ...SSH };
  const child = start(['auth', 'login', 'notes', '--yes', ...flags], { ...world, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk) => {
      said += chunk;
    });
  }
  const address = await vi.waitFor(
    () => {
      expect(said).toContain('Waiting for the browser');
      return new URL(/^ *(http\S+\/auth\?\S+)$/m.exec(said)?.[1] ?? '');
    },
    { timeout: 30_000 },
  );
  const closed = once(child, 'close');
  return { child, address, said: () => said, closed };
}

test.for([[[]], [['--no-browser']]])(
  'over SSH it prints the line that forwards its port (%s)',
  async ([flags]) => {
    const world = await signInWorld();
    const { address, said, closed } = await loginOverSsh(world, flags);
    const redirect = new URL(address.searchParams.get('redirect_uri') ?? '');

    expect(said()).toContain(`ssh -L ${redirect.port}:127.0.0.1:${redirect.port} -p 2222 ada@192.0.2.1\n`);

    await browse(address.href);
    expect(await closed).toEqual([0, null]);
    expect(said()).toContain('Signed in to notes');
  },
);

test('an address that is pasted finishes the sign-in, after one that does not', async () => {
  const world = await signInWorld();
  const { child, address, said, closed } = await loginOverSsh(world);
  const end = await browse(address.href, { stopAt: address.searchParams.get('redirect_uri') ?? '' });

  child.stdin?.write(`${address.href}\n`);
  await vi.waitFor(() => expect(said()).toContain('That is the address of the sign-in page.'), {
    timeout: 10_000,
  });
  child.stdin?.write(`"${end.url}"\n`);

  expect(await closed).toEqual([0, null]);
  expect(said()).toContain('Signed in to notes');
  expect(said()).not.toContain(new URL(end.url).searchParams.get('code'));
  expect(world.issuer.seen.exchanges()).toHaveLength(1);
});
