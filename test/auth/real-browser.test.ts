import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { credentialId } from '../../src/auth/store/credential-row.ts';
import { createKeychainStore, SIGN_INS } from '../../src/auth/store/keychain-store.ts';
import { createPaths } from '../../src/platform/paths.ts';
import { createKeychain } from '../../src/secrets/keychain.ts';
import { chromiumPath } from '../support/chromium.ts';
import { MCPCTL, mcpctl, mcpctlJson, temporaryFolder } from '../support/cli.ts';
import { type SignInWorld, signInWorld } from '../support/sign-in-world.ts';

const PERSON = fileURLToPath(new URL('../fixtures/callback/chromium-browser.mjs', import.meta.url));

/** A world in which `BROWSER` is a real Chromium with somebody before it. */
async function worldWithPerson(does: 'consent' | 'refuse' = 'consent') {
  const world = await signInWorld();
  const folder = await temporaryFolder();
  const log = join(folder, 'log.jsonl');
  const program = join(folder, 'browser');
  const settings = {
    HOME: folder,
    CHROMIUM: chromiumPath(),
    CHROMIUM_LOG: log,
    CHROMIUM_PICTURE: join(folder, 'page.png'),
    CHROMIUM_DOES: does,
  };
  const words = Object.entries(settings).map(([name, value]) => `${name}='${value}'`);
  const script = `#!/bin/sh\n${words.join(' ')} exec '${process.execPath}' '${PERSON}' "$@"\n`;
  await writeFile(program, script, { mode: 0o755 });
  const lastPage = async () =>
    await vi.waitFor(async () => JSON.parse(await readFile(log, 'utf8')), { timeout: 60_000 });
  return { ...world, env: { ...world.env, BROWSER: program }, lastPage };
}

/** What the keychain holds for the one server of the world. */
async function recordOf({ home, env, server, issuer }: SignInWorld) {
  // The native library reads the address of the service from the process.
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', env.DBUS_SESSION_BUS_ADDRESS);
  const paths = createPaths({ platform: 'linux', home, env: {} });
  const options = {
    paths,
    platform: 'linux',
    env: {},
    script: MCPCTL,
    canAsk: false,
    part: SIGN_INS,
  } as const;
  const store = createKeychainStore(async () => createKeychain(options));
  const key = { url: server.url, issuer: issuer.issuer, profile: 'notes' };
  const text = await store.read(credentialId(key));
  return text === undefined ? undefined : JSON.parse(text);
}

/** Everything below a folder as one text. */
async function textOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  return texts.join('\n');
}

test('auth login with a real browser ends signed in, with the tokens in the keychain alone', async () => {
  const world = await worldWithPerson();
  const { issuer, server } = world;

  const login = await mcpctlJson(['auth', 'login', 'notes', '--yes'], world);

  expect(login.document).toMatchObject({
    ok: true,
    data: { server: 'notes', account: 'ada', store: 'keychain', renews: true },
  });
  expect(await world.lastPage()).toEqual({
    title: 'Signed in to notes · mcpctl',
    text: expect.stringContaining('You can close this tab.'),
    complaints: [],
  });
  expect(issuer.seen.registrations()).toHaveLength(1);
  expect(issuer.seen.exchanges()).toHaveLength(1);
  const { access, refresh } = (await recordOf(world)).tokens;
  expect(await issuer.verify(access)).toMatchObject({ subject: 'ada', audience: [server.url] });
  const seen = `${await textOf(world.home)}${login.stdout}${login.stderr}`;
  expect(seen).toContain(server.url);
  for (const secret of [access, refresh]) expect(seen).not.toContain(secret);

  const tools = await mcpctl(['tools', 'notes'], world);

  expect(tools).toMatchObject({ status: 0, stdout: expect.stringContaining('whoami') });
  expect(server.tokens()).toContain(`Bearer ${access}`);
});

test('a refusal in a real browser is told on its page and in the terminal, and leaves nothing', async () => {
  const world = await worldWithPerson('refuse');

  const login = await mcpctl(['auth', 'login', 'notes', '--yes'], world);

  expect(login).toMatchObject({ status: 4, stderr: expect.stringContaining('OAUTH_REFUSED') });
  expect(await world.lastPage()).toEqual({
    title: 'Not signed in to notes · mcpctl',
    text: expect.stringMatching(/mcpctl auth login notes.*OAUTH_REFUSED/s),
    complaints: [],
  });
  expect(world.issuer.seen.exchanges()).toEqual([]);
});
