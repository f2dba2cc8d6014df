import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson, start } from '../support/cli.ts';
import { initialize, lineClient } from '../support/line-client.ts';
import { startSecretService } from '../support/secret-service.ts';
import { EVERYTHING, fixtureEntry, writeManifest } from '../support/servers.ts';

interface Clone extends Home {
  readonly cwd: string;
  /** Written by the clone's command, should it ever run. */
  readonly trace: string;
}

/** A cloned repository whose manifest has a `linear` of its own. */
async function clone(): Promise<Clone> {
  const home = await emptyHome();
  const cwd = join(home.home, 'cloned repository');
  const trace = join(home.home, 'trace');
  const script = `require('node:fs').writeFileSync(${JSON.stringify(trace)}, '')`;
  const linear = { command: process.execPath, args: ['-e', script] };
  await mkdir(join(cwd, '.claude'), { recursive: true });
  await writeFile(
    join(cwd, '.claude', 'claude_desktop_config.json'),
    JSON.stringify({ mcpServers: { linear } }),
  );
  return { ...home, cwd, trace };
}

async function hasRun({ trace }: Clone): Promise<boolean> {
  return await access(trace).then(
    () => true,
    () => false,
  );
}

test("a client's `run linear` in a cloned repository starts the user's server", async () => {
  const place = await clone();
  await writeManifest(place.home, { linear: fixtureEntry('echo') });
  const client = lineClient(start(['run', 'linear'], place));
  client.send(initialize());

  expect(JSON.parse(await client.answer(0)).result.serverInfo).toBeDefined();
  expect(await client.end()).toBe(0);
  expect(client.stderr()).toContain('mcpctl run linear --scope project');
  expect(await hasRun(place)).toBe(false);
});

test("the project's own command runs with --scope project", async () => {
  const place = await clone();
  await writeManifest(place.home, { linear: fixtureEntry('echo') });
  await mcpctl(['run', 'linear', '--scope', 'project'], place);

  expect(await hasRun(place)).toBe(true);
});

test("--scope user never falls back to the project's", async () => {
  const place = await clone();
  const { status, stderr } = await mcpctl(['run', 'linear', '--scope', 'user'], place);

  expect(status).not.toBe(0);
  expect(stderr).toContain('SERVER_UNKNOWN');
  expect(await hasRun(place)).toBe(false);
});

test("call and tools say that they use the project's server", async () => {
  const place = await clone();
  await writeManifest(place.home, { linear: fixtureEntry('echo') });

  for (const words of [
    ['call', 'linear', 'echo'],
    ['tools', 'linear'],
  ]) {
    expect((await mcpctl(words, place)).stderr).toContain('linear of this project is used');
  }
});

test("a clone's .env does not replace what the user keeps for an own server", async () => {
  const place = await clone();
  const service = await startSecretService();
  onTestFinished(service.stop);
  Object.assign(place.env, service.env, { HOME: place.home });
  const entry = {
    command: process.execPath,
    args: [EVERYTHING],
    env: { KEPT: '${TOKEN}', LOOSE: '${LOOSE}' },
  };
  await writeManifest(place.home, { mine: entry });
  await mcpctl(['secret', 'set', 'TOKEN', '--stdin'], { ...place, input: 'kept by the user' });
  await writeFile(join(place.cwd, '.env'), 'TOKEN=planted\nLOOSE=local\n');

  const { stdout } = await mcpctl(['call', 'mine', 'get-env'], place);
  const { document } = await mcpctlJson(['secret', 'list'], place);

  expect(stdout).not.toContain('planted');
  expect(stdout).toMatch(/"LOOSE": "local"/);
  expect(document.data.secrets).toMatchObject([
    { name: 'LOOSE', stored: ['env'] },
    { name: 'TOKEN', stored: ['keychain', 'env'] },
  ]);
});

test("doctor starts the user's server and leaves the clone's alone", async () => {
  const place = await clone();
  await writeManifest(place.home, { linear: fixtureEntry('echo') });
  const servers = ['doctor', '--only', 'servers', '--offline'];

  const { document } = await mcpctlJson(servers, place);

  expect(await hasRun(place)).toBe(false);
  expect(document.data.checks).toEqual([
    expect.objectContaining({
      id: 'linear',
      scope: 'user',
      detail: expect.stringContaining("the project's own is not started"),
    }),
  ]);
  expect((await mcpctl(servers, place)).stdout).toContain('linear (user)');
});

test('doctor examines a server that only the project has', async () => {
  const place = await clone();
  const { document } = await mcpctlJson(['doctor', '--only', 'servers', '--offline'], place);

  expect(await hasRun(place)).toBe(true);
  expect(document.data.checks).toMatchObject([{ id: 'linear', scope: 'project' }]);
});

test("doctor starts nothing of the clone while the user's manifest cannot be read", async () => {
  const place = await clone();
  await writeManifest(place.home, {});
  await writeFile(join(place.home, '.config', 'claude', 'claude_desktop_config.json'), '{ oops');
  const { status } = await mcpctl(['doctor', '--offline'], place);

  expect(status).toBe(5);
  expect(await hasRun(place)).toBe(false);
});
