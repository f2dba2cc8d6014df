import { expect, test } from 'vitest';
import { MCPCTL } from '../../support/cli.ts';
import { signInWorld } from '../../support/sign-in-world.ts';
import { terminal } from '../../support/terminal.ts';

test('adding in a terminal shows what is asked for, and draws each step once', async () => {
  const world = await signInWorld({ browser: { does: 'nothing' } });
  const variables = Object.entries({ ...world.env, TERM: 'xterm' }).map(
    ([name, value]) => `${name}='${value}'`,
  );
  const words = [process.execPath, MCPCTL, 'add', world.server.url, '--name', 'team'].map(
    (word) => `'${word}'`,
  );
  const session = await terminal(world, `env -i ${variables.join(' ')} ${words.join(' ')}\nsleep 60\n`);

  await session.shows('Add team?');
  await session.press('Enter');
  await session.shows('Sign in to team in the browser, for write (may change things), read');
  await session.shows('Waiting for the browser');
  expect((await session.screen()).match(/Write lock and manifest/g)).toHaveLength(1);
  await session.press('C-c');

  await session.shows('CANCELLED');
  expect(world.issuer.seen.registrations()).toHaveLength(1);
});
