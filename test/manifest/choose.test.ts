import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { serverHere, serverToRun } from '../../src/manifest/choose.ts';
import type { ReadManifestsOptions } from '../../src/manifest/manifest.ts';
import { projectManifest } from '../../src/manifest/scopes.ts';
import { temporaryFolder } from '../support/cli.ts';

const MINE = { linear: { command: 'mine' } };
const THEIRS = { linear: { command: 'theirs' } };

async function manifests(user: object | string, project?: object | string): Promise<ReadManifestsOptions> {
  const home = await temporaryFolder();
  const manifest = join(home, 'user.json');
  const cwd = join(home, 'clone');
  const write = async (path: string, servers: object | string): Promise<void> => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof servers === 'string' ? servers : JSON.stringify({ mcpServers: servers }));
  };
  await mkdir(cwd);
  await write(manifest, user);
  if (project !== undefined) await write(projectManifest(cwd), project);
  return { paths: { manifest, home }, cwd };
}

async function commandOf(found: ReturnType<typeof serverToRun>): Promise<unknown> {
  return (await found).server.entry.command;
}

test("to run, the user's entry wins and the other one is named", async () => {
  const places = await manifests(MINE, THEIRS);
  const { server, notes, project } = await serverToRun('linear', places);

  expect(server).toMatchObject({
    scope: 'user',
    entry: { command: 'mine' },
    manifest: places.paths.manifest,
  });
  expect(notes).toEqual([expect.stringContaining('mcpctl run linear --scope project')]);
  expect(project).toBe(places.cwd);
});

test("to run, the project's entry counts when the user has none, or when it is asked for", async () => {
  expect(await commandOf(serverToRun('linear', await manifests({}, THEIRS)))).toBe('theirs');
  const both = await manifests(MINE, THEIRS);
  expect(await commandOf(serverToRun('linear', { ...both, scope: 'project' }))).toBe('theirs');
  expect((await serverToRun('linear', { ...both, scope: 'user' })).notes).toEqual([]);
});

test("a broken entry of the user's is an error, never the project's", async () => {
  const places = await manifests({ linear: { command: 7 } }, THEIRS);

  await expect(serverToRun('linear', places)).rejects.toMatchObject({
    code: 'MANIFEST_INVALID',
    data: { file: places.paths.manifest },
  });
});

test("a project's manifest that cannot be read does not stop the user's server", async () => {
  const { server, notes } = await serverToRun('linear', await manifests(MINE, '{'));

  expect(server.scope).toBe('user');
  expect(notes).toEqual([expect.stringContaining('claude_desktop_config.json')]);
});

test("an entry of the project that is broken does not stop the user's server either", async () => {
  expect(await commandOf(serverToRun('linear', await manifests(MINE, { linear: 7 })))).toBe('mine');
});

test('a scope that has no such server says so, and what there is', async () => {
  await expect(serverToRun('linear', { ...(await manifests(MINE)), scope: 'project' })).rejects.toMatchObject(
    { code: 'SERVER_UNKNOWN', hint: expect.stringContaining('mcpctl run linear') },
  );
  await expect(
    serverToRun('linear', { ...(await manifests({}, THEIRS)), scope: 'user' }),
  ).rejects.toMatchObject({ code: 'SERVER_UNKNOWN' });
});

test("here, the project's entry wins, with a remark", async () => {
  const { server, notes } = await serverHere('linear', await manifests(MINE, THEIRS));

  expect(server.scope).toBe('project');
  expect(notes).toEqual([expect.stringMatching(/project.*yours of the same name/)]);
  expect((await serverHere('linear', await manifests(MINE))).notes).toEqual([]);
});
