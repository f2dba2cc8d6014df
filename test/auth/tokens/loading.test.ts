import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { start } from '../../support/cli.ts';
import { initialize, lineClient } from '../../support/line-client.ts';
import { runningClient, signedInHome, signedInWithKeychain, type World, whoami } from './fleet.ts';

/** Names of our own files that a `mcpctl run` loaded until its session had begun and ended. */
async function loadedBy(server: string, here: World): Promise<string[]> {
  const folder = join(here.home, 'coverage', server);
  const client = lineClient(
    start(['run', server], { ...here, env: { ...here.env, NODE_V8_COVERAGE: folder } }),
  );
  client.send(initialize());
  expect(await client.answer(0)).toContain('protocolVersion');
  expect(await client.end()).toBe(0);
  const reports = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
  );
  const urls = reports.flatMap((text) => JSON.parse(text).result.map(({ url }: { url: string }) => url));
  return urls.filter((url: string) => url.includes('/dist/')).map((url: string) => basename(url));
}

test('run loads of sign-ins only what the server and its token need', async () => {
  const here = await signedInHome();
  const program = join(here.home, 'server.mjs');
  const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 's', version: '1' } };
  const answer = JSON.stringify({ jsonrpc: '2.0', id: 0, result });
  await writeFile(program, `process.stdin.on('data', () => console.log('${answer}'));`);
  const manifest = join(here.home, '.config/claude/claude_desktop_config.json');
  const { mcpServers } = JSON.parse(await readFile(manifest, 'utf8'));
  const local = { command: process.execPath, args: [program] };
  await writeFile(manifest, JSON.stringify({ mcpServers: { ...mcpServers, local } }));

  const always = ['client-calls.cjs', 'quick-run.cjs'];
  expect((await loadedBy('local', here)).sort()).toEqual(always);

  expect((await loadedBy('remote', here)).sort()).toEqual([...always, 'server-tokens.cjs']);

  const first = here.server.tokens().at(-1);
  here.server.refuse((token) => `Bearer ${token}` === first);
  const renewing = await loadedBy('remote', { ...here, home: here.home, env: { ...here.env } }).catch(
    () => [],
  );
  expect(renewing).toContain('openid-client-build-index.js');
  expect(renewing).toContain('platform-fetch-library.js');
});

test('run has nothing of the keychain in its own process', async () => {
  const client = await runningClient(await signedInWithKeychain({}));

  expect(await whoami(client, 1)).toContain('ada');
  expect(await readFile(`/proc/${client.child.pid}/maps`, 'utf8')).not.toContain('keyring');
});
