import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MCPCTL, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { type SignInWorld, signInWorld } from '../../support/sign-in-world.ts';
import { terminal } from '../../support/terminal.ts';

/** Every secret the issuer gave out so far. */
function secretsOf({ issuer }: SignInWorld): string[] {
  const answers = [...issuer.seen.exchanges(), ...issuer.seen.refreshes(), ...issuer.seen.registrations()];
  const bodies = answers.map(({ answer }) => JSON.parse(answer?.body ?? '{}') as Record<string, unknown>);
  const names = ['access_token', 'refresh_token', 'client_secret', 'registration_access_token'];
  return bodies.flatMap((body) =>
    names.map((name) => body[name]).filter((value) => typeof value === 'string'),
  );
}

/** Files under HOME that contain one of the texts. */
async function filesWith(home: string, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(home, { recursive: true })) {
    const path = join(home, name);
    if (!(await stat(path)).isFile()) continue;
    const content = await readFile(path, 'latin1');
    if (texts.some((text) => content.includes(text))) found.push(name);
  }
  return found;
}

const PLACES: Record<string, { readonly flag: string; env?(home: string): Promise<Record<string, string>> }> =
  {
    'the keychain': { flag: 'keychain' },
    'an encrypted file': { flag: 'file' },
    'an encrypted file with a passphrase': {
      flag: 'file',
      async env(home) {
        const path = join(home, 'passphrase');
        await writeFile(path, 'correct horse\n', { mode: 0o600 });
        return { MCPCTL_PASSPHRASE_FILE: path };
      },
    },
    'a credential helper': { flag: 'helper:secretservice' },
  };

for (const [name, { flag, env }] of Object.entries(PLACES)) {
  test(`a sign-in kept in ${name} serves calls, is shown, and goes with the sign-out; no file has a token`, async () => {
    const made = await signInWorld();
    const world = { ...made, env: { ...made.env, ...(await env?.(made.home)) } };

    const login = await mcpctlJson(['auth', 'login', 'notes', '--yes', '--store', flag], world);
    const call = await mcpctl(['call', 'notes', 'whoami'], world);
    const status = await mcpctlJson(['auth', 'status', 'notes'], world);
    const secrets = secretsOf(world);

    expect(login.document).toMatchObject({ ok: true, data: { store: flag } });
    expect(call).toMatchObject({ status: 0, stdout: expect.stringContaining('ada') });
    expect(JSON.stringify(status.document)).toContain(`"store":"${flag}"`);
    expect(secrets.length).toBeGreaterThan(1);
    expect(await filesWith(world.home, secrets)).toEqual([]);

    const logout = await mcpctlJson(['auth', 'logout', 'notes'], world);
    const after = await mcpctl(['call', 'notes', 'whoami'], world);
    expect(logout.document).toMatchObject({ ok: true });
    expect(world.issuer.seen.revocations().length).toBeGreaterThan(0);
    expect(after.status).toBe(4);
    expect(await filesWith(world.home, ['canary', ...secrets])).toEqual([]);
  });
}

test('without a keychain a sign-in ends before the browser opens, with three ways out and nothing written', async () => {
  const world = await signInWorld({ keychain: false });

  const { status, document } = await mcpctlJson(['auth', 'login', 'notes', '--yes'], world);

  expect(status).toBe(5);
  expect(document.error).toMatchObject({ code: 'KEYCHAIN_UNAVAILABLE' });
  for (const way of ['--store file', '--store helper:', '--store memory'])
    expect(document.error?.hint).toContain(way);
  expect(await world.browser.pages()).toEqual([]);
  expect(world.issuer.requests).toEqual([]);
  expect(await filesWith(world.home, [''])).toEqual(['.config/claude/claude_desktop_config.json']);
});

test("a project's settings do not decide where its users' tokens go", async () => {
  const world = await signInWorld();
  const project = join(world.home, 'project');
  await mkdir(project);
  await writeFile(join(project, '.mcpctlrc.json'), JSON.stringify({ auth: { store: 'file' } }));

  const { document } = await mcpctlJson(['auth', 'login', 'notes', '--yes'], { ...world, cwd: project });

  expect(document).toMatchObject({ ok: true, data: { store: 'keychain' } });
});

test('in a job a client signs in for itself, and its tokens stay in memory', async () => {
  const client = {
    client_id: 'ci',
    client_secret: 'canary-client-secret',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'client_secret_basic' as const,
  };
  const entry = {
    grant: 'client-credentials',
    clientId: 'ci',
    clientSecret: '${CI_SECRET}',
    scopes: ['read'],
  };
  const made = await signInWorld({ keychain: false, issuer: { clients: [client] }, entry });
  const world = { ...made, env: { ...made.env, CI: 'true', CI_SECRET: client.client_secret } };
  const settings = join(world.home, '.config', 'mcpctl');
  await mkdir(settings);
  // The record of calls is written whatever the sign-in does.
  const content = { auth: { store: 'memory' }, audit: { enabled: false } };
  await writeFile(join(settings, 'config.json'), JSON.stringify(content));
  const before = await filesWith(world.home, ['']);

  const call = await mcpctl(['call', 'notes', 'whoami'], world);

  expect(call).toMatchObject({ status: 0, stdout: expect.stringContaining('ci') });
  expect(await filesWith(world.home, ['canary', ...secretsOf(world)])).toEqual([]);
  const left = await filesWith(world.home, ['']);
  expect(left.filter((path) => !path.startsWith('.cache/mcpctl/settings/'))).toEqual(before);
});

test('in a terminal the passphrase of the file is asked for, unseen, twice when it is new and once later', async () => {
  const world = await signInWorld({ keychain: false });
  const variables = Object.entries({ ...world.env, TERM: 'xterm' }).map(
    ([key, value]) => `${key}='${value}'`,
  );
  const run = `env -i ${variables.join(' ')} '${process.execPath}' '${MCPCTL}'`;
  const { paste, press, shows, screen } = await terminal(
    world,
    [
      `${run} auth login notes --yes --store file`,
      'echo "login ended with $?"',
      `${run} call notes whoami`,
      'echo "call ended with $?"',
      'sleep 60',
    ].join('\n'),
  );
  const type = async (): Promise<void> => {
    await paste('canary-passphrase');
    await press('Enter');
  };

  await shows('New passphrase for the encrypted sign-ins');
  await type();
  await shows('The same passphrase again');
  await type();
  await shows('login ended with 0');
  await shows('Passphrase of the encrypted sign-ins');
  await type();
  await shows('call ended with 0');

  expect(await screen()).not.toContain('canary');
  expect(await filesWith(world.home, ['canary', ...secretsOf(world)])).toEqual([]);
});
