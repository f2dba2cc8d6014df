// Resident memory of run itself after 300 calls.
import { readFileSync } from 'node:fs';
import { finish, median } from '../measure.mjs';
import { stdioSession } from '../sessions.mjs';
import { EVERYTHING, MCPCTL, NODE } from '../setting.mjs';

export const name = 'memory';

export async function run({ env, manifest }) {
  await manifest({ everything: { command: NODE, args: [EVERYTHING] } });
  const seen = [];
  for (let round = 0; round < 3; round += 1) {
    const session = await stdioSession(NODE, [MCPCTL, 'run', 'everything'], { env, cwd: env.HOME });
    for (let call = 0; call < 300; call += 1) await session.call('echo', { message: 'hello' });
    seen.push(await residentMebibytes(session.pid));
    await session.close();
  }
  const value = median(seen);
  return [{ what: 'run, resident memory (MiB)', value, bar: 60, detail: { seen, unit: 'MiB' } }];
}

async function residentMebibytes(pid) {
  if (process.platform === 'linux') {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  }
  return Number((await finish('ps', ['-o', 'rss=', '-p', String(pid)])).stdout) / 1024;
}
