import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { browse } from '../../fixtures/oauth/fetch-browser.mjs';
import { MCPCTL } from '../../support/cli.ts';
import { type SignInWorld, signInWorld } from '../../support/sign-in-world.ts';
import { terminal } from '../../support/terminal.ts';

const WAIT = { timeout: 60_000, interval: 100 };

/** Somebody types `auth login --no-browser` and agrees to what is asked. */
async function loginInTerminal(world: SignInWorld) {
  const { BROWSER: _, ...env }: Record<string, string> = { ...world.env, TERM: 'xterm', NO_COLOR: '1' };
  const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`);
  const login = `env -i ${variables.join(' ')} '${process.execPath}' '${MCPCTL}' auth login notes --no-browser`;
  // The shell itself ignores the interrupt that the terminal sends to both.
  const session = await terminal(world, `trap : INT\n${login}\necho $? > '${world.home}/status'\nsleep 60\n`);
  await session.shows('Ask notes for these?');
  await session.press('Enter');
  return {
    ...session,
    /** The newest address that was printed, after the waiting began that many times. */
    address: async (times = 1) =>
      await vi.waitFor(async () => {
        const screen = await session.screen();
        expect(screen.match(/Waiting for the browser/g)).toHaveLength(times);
        return new URL([...screen.matchAll(/http\S+\/auth\?\S+/g)].at(-1)?.[0] ?? '');
      }, WAIT),
    status: async () =>
      await vi.waitFor(async () => Number(await readFile(join(world.home, 'status'), 'utf8')), WAIT),
  };
}

/** Where a browser elsewhere ends: at an address it cannot load. */
async function endOf(address: URL): Promise<string> {
  const end = await browse(address.href, { stopAt: address.searchParams.get('redirect_uri') ?? '' });
  return end.url;
}

test('a pasted address finishes the sign-in and is not shown', async () => {
  const world = await signInWorld();
  const session = await loginInTerminal(world);
  const end = await endOf(await session.address());
  await session.shows('(it stays hidden)');

  await session.paste(end);
  await session.press('Enter');

  await session.shows('Signed in to notes as ada');
  expect(await session.status()).toBe(0);
  expect(await session.screen()).not.toContain(new URL(end).searchParams.get('code'));
});

test('r registers anew, for a browser that shows an error, and the next address counts', async () => {
  const world = await signInWorld();
  const session = await loginInTerminal(world);
  const older = await endOf(await session.address());

  await session.press('r');
  const end = await endOf(await session.address(2));
  await session.paste(older);
  await session.press('Enter');
  await session.shows('belongs to another sign-in');
  await session.paste(end);
  await session.press('Enter');

  await session.shows('Signed in to notes as ada');
  expect(world.issuer.seen.registrations()).toHaveLength(2);
  expect(world.issuer.seen.exchanges()).toHaveLength(1);
});

test('Ctrl-C ends the waiting', async () => {
  const session = await loginInTerminal(await signInWorld());
  await session.address();

  await session.press('C-c');

  await session.shows('CANCELLED');
  expect(await session.status()).toBe(130);
});
