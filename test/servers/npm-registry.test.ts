import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Machine } from '../../src/servers/machine.ts';
import { installNpm } from '../../src/servers/npm/install.ts';
import { resolveNpm } from '../../src/servers/npm/resolve.ts';
import { temporaryFolder } from '../support/cli.ts';
import { realMachine } from '../support/machine.ts';
import { type FixturePackage, npmRegistry } from '../support/npm-registry.ts';

const SCRIPTED: FixturePackage = {
  name: 'fixture-scripted',
  version: '1.0.0',
  manifest: { bin: 'server.js', scripts: { postinstall: 'node mark.js' } },
  files: { 'server.js': '', 'mark.js': "require('node:fs').writeFileSync('ran.txt', 'yes');" },
};

/** A machine whose npmrc names the registry, as a company's would, with a cache of its own. */
async function machineWith(packages: readonly FixturePackage[]): Promise<Machine> {
  const { url } = await npmRegistry(packages);
  const machine = await realMachine();
  await writeFile(
    join(machine.paths.home, '.npmrc'),
    `registry=${url}/\nomit-lockfile-registry-resolved=true\n`,
  );
  return {
    ...machine,
    env: { ...machine.env, npm_config_cache: await temporaryFolder(), npm_config_fetch_retries: '0' },
  };
}

async function install(name: string, machine: Machine, allowScripts = false) {
  const [outcome] = await resolveNpm([{ package: name, allowScripts }], machine);
  if (!outcome?.ok) throw outcome?.error ?? new Error('no outcome');
  const [installed] = await installNpm([{ name: 'x', resolution: outcome.value }], machine);
  if (!installed?.ok) throw installed?.error ?? new Error('no outcome');
  return { resolution: outcome.value, folder: installed.value.folder ?? '' };
}

test('takes the registry from npmrc and runs no install script', async () => {
  const machine = await machineWith([SCRIPTED]);
  const { resolution, folder } = await install('fixture-scripted', machine);

  expect(resolution.scripted).toEqual(['fixture-scripted@1.0.0']);
  expect(resolution.source).toEqual({
    type: 'npm',
    package: 'fixture-scripted',
    version: '1.0.0',
    integrity: expect.stringMatching(/^sha512-/),
    bin: 'fixture-scripted',
  });
  expect(existsSync(join(folder, 'node_modules/fixture-scripted/ran.txt'))).toBe(false);
});

test('runs install scripts of a package the user approved, and notes it in the lock', async () => {
  const machine = await machineWith([SCRIPTED]);
  const { resolution, folder } = await install('fixture-scripted', machine, true);

  expect(resolution.source.scripts).toBe(true);
  expect(await readFile(join(folder, 'node_modules/fixture-scripted/ran.txt'), 'utf8')).toBe('yes');
});

test('refuses bytes that are not the ones the registry promised', async () => {
  const wrong = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
  const machine = await machineWith([{ ...SCRIPTED, integrity: wrong }]);

  await expect(install('fixture-scripted', machine)).rejects.toMatchObject({ code: 'INTEGRITY_MISMATCH' });
  expect(existsSync(machine.paths.servers) ? await readdir(machine.paths.servers) : []).toEqual([]);
});

test.each([
  ['a library', {}, 'NOT_A_SERVER'],
  ['a package of two servers', { bin: { one: 'a.js', two: 'b.js' } }, 'BIN_AMBIGUOUS'],
  [
    'a package for a Node that does not exist yet',
    { bin: 'a.js', engines: { node: '>=200' } },
    'RUNTIME_UNAVAILABLE',
  ],
])('says why %s cannot be added', async (_, manifest, code) => {
  const machine = await machineWith([
    { name: 'fixture', version: '1.0.0', manifest, files: { 'a.js': '', 'b.js': '' } },
  ]);

  await expect(install('fixture', machine)).rejects.toMatchObject({ code, hint: expect.any(String) });
});

test('reports a registry that does not answer as such', async () => {
  const machine = await realMachine();
  const env = { ...machine.env, npm_config_registry: 'http://127.0.0.1:9/', npm_config_fetch_retries: '0' };

  await expect(install('fixture', { ...machine, env })).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
  });
});
