import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { emptyHome, mcpctlJson } from '../support/cli.ts';
import { realClient } from '../support/real-client.ts';
import { serverScript, writeServers } from './manifests.ts';

test('Gemini CLI connects to a synced server and has nothing to warn about', {
  timeout: 180_000,
  // Gemini CLI gives a server few seconds, which a busy machine may need for starting Node three times.
  retry: 2,
}, async () => {
  const home = await emptyHome();
  await mkdir(join(home.home, '.gemini'));
  await writeFile(join(home.home, '.gemini', 'settings.json'), '{\n  // mine\n  "ui": {}\n}\n');
  await writeFile(
    join(home.home, '.gemini', 'trustedFolders.json'),
    JSON.stringify({ [home.home]: 'TRUST_FOLDER' }),
  );
  await writeServers(home, { memory: { command: process.execPath, args: [serverScript('server-memory')] } });

  await mcpctlJson(['sync', '--yes', '--client', 'gemini-cli'], home);
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [await realClient('gemini-cli'), 'mcp', 'list'],
    { cwd: home.home, env: { ...home.env, NO_COLOR: '1' }, timeout: 120_000 },
  );

  expect(stdout + stderr).toMatch(/memory: .* - Connected/);
  expect(stdout + stderr).not.toMatch(/unrecognized|invalid|unknown/i);
});
