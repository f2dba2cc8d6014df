// Resident memory of run itself after 300 calls, before a program and before an HTTP server.
import { median, residentMebibytes } from '../measure.mjs';
import { stdioSession } from '../sessions.mjs';
import { EVERYTHING, freePort, MCPCTL, NODE } from '../setting.mjs';

export const name = 'memory';

const CALLS = 300;
const ROUNDS = 3;

export async function run({ env, manifest, settings, serve }) {
  const port = await freePort();
  await settings({ limits: { perMinute: 0 } });
  await manifest({
    everything: { command: NODE, args: [EVERYTHING] },
    remote: { url: `http://127.0.0.1:${port}/mcp` },
  });
  await serve([EVERYTHING, 'streamableHttp'], port, { PORT: String(port) });
  const findings = [];
  for (const [server, what] of [
    ['everything', 'run of a program, resident memory (MiB)'],
    ['remote', 'run of an HTTP server, resident memory (MiB)'],
  ]) {
    const seen = [];
    for (let round = 0; round < ROUNDS; round += 1) seen.push(await residentAfterCalls(server, { env }));
    findings.push({ what, value: median(seen), bar: 60, detail: { seen, unit: 'MiB', rounds: ROUNDS } });
  }
  return findings;
}

async function residentAfterCalls(server, { env }) {
  const session = await stdioSession(NODE, [MCPCTL, 'run', server], { env, cwd: env.HOME });
  for (let call = 0; call < CALLS; call += 1) await session.call('echo', { message: 'hello' });
  const resident = await residentMebibytes(session.pid);
  await session.close();
  return resident;
}
