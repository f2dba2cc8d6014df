import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../support/cli.ts';
import { startSecretService } from '../support/secret-service.ts';
import { fixtureEntry, writeManifest } from '../support/servers.ts';

async function homeWithKeychain(): Promise<{ home: Home; lock(): Promise<void> }> {
  const service = await startSecretService();
  onTestFinished(service.stop);
  const home = await emptyHome(service.env);
  await writeManifest(home.home, { deeds: fixtureEntry('deeds') });
  return { home, lock: service.lock };
}

const folderOf = ({ home }: Home): string => join(home, '.local/state/mcpctl/audit');

test('the key is in the keychain and in no file, and names are readable with it alone', async () => {
  const { home } = await homeWithKeychain();

  await mcpctl(['call', 'deeds', 'change'], home);
  const first = await mcpctlJson(['audit', 'query'], home);
  const verified = await mcpctlJson(['audit', 'verify'], home);
  const listed = await mcpctlJson(['secret', 'list'], home);

  expect(first.document.data.calls).toMatchObject([
    { chain: 's00', tool: 'change', user: expect.any(String) },
  ]);
  expect(verified.document.data).toMatchObject({ problems: [], remarks: [] });
  expect(await readdir(join(folderOf(home), 'keys')).catch(() => [])).not.toContain('master.key');
  // Nobody should remove it as a secret that no server uses.
  expect(listed.document.data.secrets).toEqual([]);
});

test('a locked keychain keeps nobody from being recorded, but who it was is left out', async () => {
  const { home, lock } = await homeWithKeychain();
  await mcpctl(['call', 'deeds', 'change'], home);
  await lock();

  const called = await mcpctl(['call', 'deeds', 'look'], home);
  const { document } = await mcpctlJson(['audit', 'query'], home);
  const verified = await mcpctl(['audit', 'verify'], home);
  const forgotten = await mcpctl(['audit', 'forget', 'root', '--yes'], home);

  expect(called).toMatchObject({ status: 0, stdout: 'look done\n' });
  expect(called.stderr).toContain('The audit log leaves out who called and with what');
  const [sealed, open] = document.data.calls;
  expect(sealed).toMatchObject({ chain: 's00', pii: expect.any(String) });
  expect(open).toMatchObject({ chain: 'o00', tool: 'look' });
  expect('sub' in open || 'pii' in open || 'argsMac' in open).toBe(false);
  expect(verified.status).toBe(0);
  expect(verified.stderr).toContain('s00: the heads could not be checked without the key');
  expect(forgotten).toMatchObject({ status: 5, stderr: expect.stringContaining('KEYCHAIN_UNAVAILABLE') });
});

test('a key in a file is used only when the settings say so, and only when nobody else can read it', async () => {
  const home = await emptyHome();
  await writeManifest(home.home, { deeds: fixtureEntry('deeds') });
  await mcpctl(['call', 'deeds', 'look'], home);
  expect(await readdir(folderOf(home))).not.toContain('keys');
  const settings = join(home.home, '.config/mcpctl');
  await mkdir(settings, { recursive: true });
  await writeFile(join(settings, 'config.json'), '{"audit":{"key":"file"}}');

  await mcpctl(['call', 'deeds', 'look'], home);
  const { document } = await mcpctlJson(['audit', 'query'], home);
  const key = join(folderOf(home), 'keys/master.key');
  expect((await stat(key)).mode & 0o777).toBe(0o600);
  expect(document.data.calls.map(({ chain }: { chain: string }) => chain)).toEqual(['o00', 's00']);
  await chmod(key, 0o644);
  const unsafe = await mcpctl(['call', 'deeds', 'look'], home);
  expect(unsafe.stderr).toContain('can be read by other users');
  const text = await readFile(
    join(folderOf(home), `${new Date().toISOString().slice(0, 10)}.o00.jsonl`),
    'utf8',
  );
  expect(text).toContain('"unsealed":"SECRET_FILE_UNSAFE"');
});
