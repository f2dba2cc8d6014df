import { expect, test } from 'vitest';
import { mcpctl } from '../../support/cli.ts';
import { signInWorld } from '../../support/sign-in-world.ts';

test('signs in with the browser, once, and says who and what for', async () => {
  const world = await signInWorld();

  const { status, stdout, stderr } = await mcpctl(['auth', 'login', 'notes'], world);

  expect(stderr).toContain('may change things');
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('✓ Signed in to notes as ada'),
  });
  expect(stdout).toContain('kept in: keychain');
  await expect
    .poll(world.browser.pages)
    .toEqual([expect.objectContaining({ status: 200, text: expect.stringContaining('Signed in to notes') })]);
  expect(world.issuer.seen.registrations()).toHaveLength(1);
});
