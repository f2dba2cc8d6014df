import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mcpctl } from '../../support/cli.ts';
import { runningClient, signedInHome, whoami } from './fleet.ts';

/** Blocks this process, and with it the answer of the authorization server in it. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

test.each([
  ['SIGTERM', 1],
  ['SIGINT', 2],
  ['SIGHUP', 2],
] as const)('%s, %i times during a renewal, loses no token', async (signal, times) => {
  const here = await signedInHome();
  const client = await runningClient(here);
  const first = here.server.tokens().at(-1);
  here.server.refuse((token) => `Bearer ${token}` === first);
  let answeredAt = 0;
  here.issuer.alter((answer, request) => {
    if (request.form.get('grant_type') !== 'refresh_token') return undefined;
    // The old token is worth nothing from here on.
    expect(answer.status).toBe(200);
    for (let count = 0; count < times; count += 1) {
      client.child.kill(signal);
      sleep(150);
    }
    answeredAt = performance.now();
    return undefined;
  });
  whoami(client, 1).catch(() => {});
  await client.closed;
  // By itself, and well before whoever sent the signal would lose patience on an idle machine.
  expect(performance.now() - answeredAt).toBeLessThan(30_000);
  expect(here.issuer.seen.refreshes()).toHaveLength(1);
  here.issuer.alter(undefined);

  const used = new Set<string>();
  // Whatever was saved is refused as well, so that it has to be renewed.
  here.server.refuse((token) => used.add(token).size <= 1);
  const { stdout, stderr } = await mcpctl(['call', 'remote', 'whoami'], here);
  expect(stdout, stderr).toContain('ada');
  expect(here.issuer.seen.refreshes()).toHaveLength(2);
  expect(here.issuer.seen.invalidGrants()).toEqual([]);
});

test('who loses a race leaves the record of the winner alone', async () => {
  const here = await signedInHome();
  const [loser, winner] = [join(here.home, 'loser'), join(here.home, 'winner')];
  const stores = join(here.home, '.local');
  cpSync(stores, loser, { recursive: true });
  await mcpctl(['auth', 'login', 'remote', '--yes'], here);
  cpSync(stores, winner, { recursive: true });
  const restore = (from: string): void => {
    rmSync(stores, { recursive: true });
    cpSync(from, stores, { recursive: true });
  };
  restore(loser);
  const client = await runningClient(here);
  const first = here.server.tokens().at(-1);
  here.server.refuse((token) => `Bearer ${token}` === first);
  here.issuer.alter((answer, request) => {
    if (request.form.get('grant_type') !== 'refresh_token') return undefined;
    const folder = join(winner, 'share', 'mcpctl');
    cpSync(folder, join(stores, 'share', 'mcpctl'), { recursive: true });
    return { ...answer, status: 400, body: '{"error":"invalid_grant"}' };
  });

  expect(await whoami(client, 1)).toContain('ada');
  await client.end();
  expect(files(join(stores, 'share', 'mcpctl'))).toEqual(files(join(winner, 'share', 'mcpctl')));
});

function files(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = names.map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length), readFileSync(path, 'base64')]));
}
