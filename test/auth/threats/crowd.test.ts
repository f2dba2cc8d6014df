import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, mcpctlJson } from '../../support/cli.ts';
import { startAuthorizationServer } from '../../support/oauth/authorization-server.ts';
import { fetchBrowser } from '../../support/oauth/fetch-browser.ts';
import { startProtectedServer } from '../../support/oauth/protected-server.ts';
import { createRandom } from '../../support/random.ts';
import { startSecretService } from '../../support/secret-service.ts';
import { writeManifest } from '../../support/servers.ts';

const SERVERS = ['one', 'two', 'three', 'four', 'five'];
const AT_ONCE = 8;

/** Five servers of one issuer in a manifest, and a real keychain for their sign-ins. */
async function place() {
  const service = await startSecretService();
  onTestFinished(service.stop);
  const issuer = await startAuthorizationServer();
  onTestFinished(issuer.close);
  const browser = await fetchBrowser();
  const home = await emptyHome({ ...service.env, BROWSER: browser.program });
  const urls = await Promise.all(
    SERVERS.map(async () => {
      const server = await startProtectedServer({ issuers: [issuer.issuer], verify: issuer.verify });
      onTestFinished(server.close);
      return server.url;
    }),
  );
  await writeManifest(
    home.home,
    Object.fromEntries(SERVERS.map((name, index) => [name, { url: urls[index], auth: 'oauth' }])),
  );
  return { home, service };
}

test('fifty sign-ins and sign-outs at a time leave what the last of each says', async () => {
  const { home, service } = await place();
  const random = createRandom(38);
  const work = Array.from({ length: 50 }, (_, turn) => ({
    server: SERVERS[turn % SERVERS.length] ?? '',
    words:
      random.below(2) === 0 ? ['auth', 'login', '--yes', '--timeout', '10s'] : ['auth', 'logout', '--yes'],
  }));
  const failed: string[] = [];
  const worker = async (): Promise<void> => {
    for (let next = work.shift(); next; next = work.shift()) {
      const [group = '', command = '', ...flags] = next.words;
      const { document } = await mcpctlJson([group, command, next.server, ...flags], home);
      if (document.error) failed.push(`${command} ${document.error.code}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));

  // A sign-out deletes the client of a sign-in that is on its way: the browser ends at an error page, or the code is void.
  expect(failed.filter((what) => !/^login (SIGN_IN_TIMEOUT|OAUTH_REFUSED)$/.test(what))).toEqual([]);
  expect(failed.length).toBeLessThan(20);
  const { document } = await mcpctlJson(['auth', 'status'], home);
  const states: { server: string; state: string }[] = document.data.servers;
  const works = await Promise.all(
    SERVERS.map(async (server) => (await mcpctlJson(['call', server, 'whoami'], home)).status),
  );
  expect(SERVERS.map((name) => states.find(({ server }) => server === name)?.state)).toEqual(
    works.map((status) => (status === 0 ? 'signed in' : 'not signed in')),
  );
  expect(works.every((status) => status === 0 || status === 4)).toBe(true);

  expect((await mcpctlJson(['auth', 'logout', '--all', '--yes'], home)).status).toBe(0);
  expect(await service.count('mcpctl-sign-ins')).toBe(0);
  expect(await readdir(join(home.home, '.local/state/mcpctl/locks'))).toEqual([]);
}, 240_000);
