import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, start } from '../support/cli.ts';
import { initialize, lineClient } from '../support/line-client.ts';
import { fixtureEntry, writeManifest } from '../support/servers.ts';

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
