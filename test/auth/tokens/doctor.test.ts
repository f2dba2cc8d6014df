import { expect, test } from 'vitest';
import { mcpctl, mcpctlJson } from '../../support/cli.ts';
import { homeWithServer, signedInHome, type World } from './fleet.ts';

interface Finding {
  readonly code: string;
  readonly cause: string;
}

async function findings(here: World): Promise<Finding[]> {
  const { document, stdout } = await mcpctlJson(['doctor', 'remote', '--only', 'servers'], here);
  expect(stdout).not.toContain(here.server.tokens().at(-1)?.slice('Bearer '.length) ?? 'no token');
  // The entries of these homes are written by hand.
  const all: Finding[] = document.data.findings;
  return all.filter(({ code }) => code !== 'SERVER_NOT_LOCKED');
}

test('doctor uses a token that is good', async () => {
  const here = await signedInHome();

  expect(await findings(here)).toEqual([]);
  expect(here.server.tokens().length).toBeGreaterThan(0);
});

test('doctor leaves a token alone that the next use renews', async () => {
  const here = await signedInHome({ lifetime: 1 });
  await new Promise((resolve) => setTimeout(resolve, 1100));

  expect(await findings(here)).toEqual([]);
  expect(here.issuer.seen.refreshes()).toEqual([]);
});

test('doctor names the command where nobody is signed in, and where the server refuses the sign-in', async () => {
  const fix = { command: 'mcpctl auth login remote' };
  const stranger = await homeWithServer();
  expect(await findings(stranger)).toMatchObject([{ code: 'SIGN_IN_NEEDED', fix }]);

  const here = await signedInHome();
  here.server.refuse(() => true);
  expect(await findings(here)).toMatchObject([
    { code: 'SIGN_IN_NEEDED', fix, cause: expect.stringMatching('refuses') },
  ]);
  await mcpctl(['auth', 'logout', 'remote'], here);
  expect(await findings(here)).toMatchObject([
    { code: 'SIGN_IN_NEEDED', fix, cause: expect.stringMatching('Nobody') },
  ]);
});

test('doctor does not take a token that ended early for a key to replace by hand', async () => {
  const here = await homeWithServer({ lifetime: 1 });
  here.issuer.alter((answer) => {
    answer.body = answer.body.replace('"expires_in":1,', '"expires_in":3600,');
    return undefined;
  });
  const { status } = await mcpctl(['auth', 'login', 'remote', '--yes', '--store', 'file'], here);
  expect(status).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 1100));

  expect(await findings(here)).toMatchObject([{ code: 'SIGN_IN_NEEDED' }]);
});
