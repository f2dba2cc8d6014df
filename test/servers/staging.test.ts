import { spawnSync } from 'node:child_process';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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
