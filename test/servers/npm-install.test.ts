import { execFileSync, spawnSync } from 'node:child_process';
import { appendFile, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockEntrySchema } from '../../src/manifest/lock-schema.ts';
import { launchOf, type StdioLaunch } from '../../src/servers/launch.ts';
import type { Machine } from '../../src/servers/machine.ts';
import { type Installed, installNpm, type NpmInstall } from '../../src/servers/npm/install.ts';
import {
  type NpmRequest,
  type NpmResolution,
  type Outcome,
  resolveNpm,
} from '../../src/servers/npm/resolve.ts';
import { isMissing } from '../../src/servers/restore.ts';
import { realMachine } from '../support/machine.ts';

const MEMORY = '@modelcontextprotocol/server-memory';
const FILESYSTEM = '@modelcontextprotocol/server-filesystem';

async function resolved(
  requests: Record<string, Partial<NpmRequest>>,
  machine: Machine,
): Promise<NpmInstall[]> {
  const outcomes = await resolveNpm(
    Object.values(requests).map((request) => ({ package: '', allowScripts: false, ...request })),
    machine,
  );
  return Object.keys(requests).map((name, index) => ({ name, resolution: unwrap(outcomes[index]) }));
}

function unwrap<T>(outcome: Outcome<T> | undefined): T {
  if (outcome?.ok) return outcome.value;
  throw outcome?.error ?? new Error('no outcome');
}

function launch(
  name: string,
  { source, runtime }: NpmResolution,
  machine: Machine,
  args: string[] = [],
): StdioLaunch {
  const found = launchOf({
    name,
    entry: { command: 'npx', args: ['-y', `${source.package}@${source.version}`, ...args] },
    lockEntry: lockEntrySchema.parse({ source, runtime, lockedAt: machine.now().toISOString() }),
    paths: machine.paths,
    node: machine.node.executable,
    platform: machine.platform,
  });
  if (found.kind !== 'stdio') throw new Error('a program was expected');
  return found;
}

const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
});

function answerOf({ command, args }: StdioLaunch, env: Record<string, string> = {}): string {
  return spawnSync(command, args, {
    input: `${INITIALIZE}\n`,
    env: { PATH: process.env.PATH, ...env },
  }).stdout.toString();
}

test('installs several servers by one npm run, each into a tree npm accepts and a server that starts', async () => {
  const machine = await realMachine();
  const installs = await resolved({ memory: { package: MEMORY }, files: { package: FILESYSTEM } }, machine);
  const [memory, files] = (await installNpm(installs, machine)).map(unwrap);

  for (const installed of [memory, files]) {
    const listed = execFileSync('npm', ['ls', '--all', '--json'], {
      cwd: installed?.folder ?? '',
      env: { ...machine.env },
    });
    expect(JSON.parse(listed.toString()).problems).toBeUndefined();
  }
  expect(await readdir(join(files?.folder ?? '', 'node_modules'))).toContain('minimatch');
  expect(await readdir(join(memory?.folder ?? '', 'node_modules'))).not.toContain('minimatch');
  for (const { name, resolution } of installs) {
    const start = launch(name, resolution, machine, name === 'files' ? [machine.cwd] : []);
    expect(start).toMatchObject({ command: process.execPath, locked: true, notes: [] });
    expect(answerOf(start)).toContain('"serverInfo"');
  }
  expect(await readdir(machine.paths.servers)).toEqual(['files', 'memory']);
});

test('does not sink a good package with a bad one', async () => {
  const machine = await realMachine();
  const [good, bad] = await resolveNpm(
    [
      { package: MEMORY, version: '2026.8.31', allowScripts: false },
      { package: '@modelcontextprotocol/server-linear', allowScripts: false },
    ],
    machine,
  );

  expect(good).toMatchObject({ ok: true, value: { source: { version: '2026.8.31' } } });
  expect(bad).toMatchObject({ ok: false, error: { code: 'PACKAGE_NOT_FOUND', hint: expect.any(String) } });
});

test('refuses a tree that was changed after it was installed, and only then', async () => {
  const machine = await realMachine();
  const installs = await resolved({ memory: { package: MEMORY } }, machine);
  const [install] = installs as [NpmInstall];
  const [{ folder }] = (await installNpm(installs, machine)).map(unwrap) as [Required<Installed>];
  const entry = join(folder, 'node_modules', MEMORY, 'dist', 'index.js');
  const original = await readFile(entry);

  await utimes(entry, new Date(), new Date());
  expect(launch('memory', install.resolution, machine).locked).toBe(true);

  await appendFile(entry, '\n// more\n');
  expect(() => launch('memory', install.resolution, machine)).toThrowError(
    expect.objectContaining({ code: 'INTEGRITY_MISMATCH' }),
  );
  await writeFile(entry, original);
  expect(launch('memory', install.resolution, machine).locked).toBe(true);

  await writeFile(join(folder, 'node_modules', 'zod', 'package.json'), '{"name":"zod","main":"evil.js"}');
  expect(() => launch('memory', install.resolution, machine)).toThrowError(
    expect.objectContaining({ code: 'INTEGRITY_MISMATCH' }),
  );
  const [again] = (await installNpm(installs, machine)).map(unwrap);
  expect(again?.wasThere).toBe(false);
  const [third] = (await installNpm(installs, machine)).map(unwrap);
  expect(third?.wasThere).toBe(true);
  expect(launch('memory', install.resolution, machine).locked).toBe(true);
});

test('reads every file where a full check is asked for', async () => {
  const machine = await realMachine();
  const installs = await resolved({ memory: { package: MEMORY, version: '2026.8.31' } }, machine);
  const [install] = installs as [NpmInstall];
  const [{ folder }] = (await installNpm(installs, machine)).map(unwrap) as [Required<Installed>];
  const lockEntry = lockEntrySchema.parse({
    source: install.resolution.source,
    lockedAt: machine.now().toISOString(),
  });
  expect(isMissing({ name: 'memory', lockEntry }, machine, { isFull: true })).toBe(false);

  await appendFile(join(folder, 'node_modules', 'zod', 'index.js'), '\n// more\n');
  expect(isMissing({ name: 'memory', lockEntry }, machine, { isFull: true })).toBe(true);
});
