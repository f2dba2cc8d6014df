import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identifyThisProcess } from '../../src/platform/process-identity.ts';
import { withStaging } from '../../src/servers/staging.ts';
import { temporaryFolder } from '../support/cli.ts';

test('takes away at once what a killed install left, and leaves what others are at', async () => {
  const servers = await temporaryFolder();
  const staging = join(servers, '.staging');
  const { pid } = spawnSync('true');
  const self = await identifyThisProcess();
  const owners = {
    'install-dead': { ...self, pid },
    'install-alive': self,
    'install-afar': { ...self, host: 'x' },
  };
  for (const [name, owner] of Object.entries(owners)) {
    await mkdir(join(staging, name, 'work'), { recursive: true });
    await writeFile(join(staging, name, 'owner.json'), JSON.stringify(owner));
  }
  await mkdir(join(staging, 'install-fresh'));
  await mkdir(join(staging, 'install-old'));
  const long = new Date(Date.now() - 48 * 3600 * 1000);
  await utimes(join(staging, 'install-old'), long, long);

  const seen = await withStaging({ servers }, async (folder) => {
    expect(await readdir(folder)).toEqual([]);
    return (await readdir(staging)).filter((name) => name in owners || /fresh|old/.test(name));
  });

  expect(seen.sort()).toEqual(['install-afar', 'install-alive', 'install-fresh']);
});

test('is not kept from its work by what a killed install still writes', async () => {
  const servers = await temporaryFolder();
  const left = join(servers, '.staging', 'install-dead');
  const { pid } = spawnSync('true');
  await mkdir(join(left, 'work'), { recursive: true });
  await writeFile(join(left, 'owner.json'), JSON.stringify({ ...(await identifyThisProcess()), pid }));
  const script = `const fs = require('node:fs');
    for (let n = 0; ; n++) { try { fs.mkdirSync('work/' + n % 50 + '/x', { recursive: true }); } catch {} if (n === 500) console.log('on'); }`;
  const writer = spawn(process.execPath, ['-e', script], { cwd: left, stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void writer.kill('SIGKILL'));
  await once(writer.stdout, 'data');

  for (let round = 0; round < 5; round += 1)
    await expect(withStaging({ servers }, async () => 'done')).resolves.toBe('done');
});
