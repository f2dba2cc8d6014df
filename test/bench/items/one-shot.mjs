// Commands that start servers, ask and end, against a minimal client doing the same.
import { fileURLToPath } from 'node:url';
import { elapsed, finish, interleave, medians } from '../measure.mjs';
import { EVERYTHING, MEMORY, NODE } from '../setting.mjs';

export const name = 'one-shot';
export const needs = ['call', 'doctor'];

const CLIENT = fileURLToPath(new URL('../minimal-client.mjs', import.meta.url));

export async function run(setting, { rounds }) {
  const { env, manifest, mcpctl } = setting;
  const minimal = (...args) => elapsed(() => finish(NODE, [CLIENT, ...args], { env, cwd: env.HOME }));
  const findings = [];

  if (await setting.has('call')) {
    await manifest({ everything: { command: NODE, args: [EVERYTHING] } });
    const times = medians(
      await interleave(
        {
          client: () => minimal('call', NODE, EVERYTHING),
          call: () => elapsed(() => mcpctl(['call', 'everything', 'echo', 'message=hello'])),
        },
        rounds,
      ),
    );
    const detail = { ...times, unit: 'ms' };
    findings.push({ what: 'call, of a minimal client', value: times.call / times.client, bar: 1.5, detail });
  }
  if (await setting.has('doctor')) {
    const server = { command: NODE, args: [MEMORY] };
    await manifest(Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`server-${index}`, server])));
    const times = medians(
      await interleave(
        {
          client: () => minimal('health', '10', NODE, MEMORY),
          // It ends with 5 when it has something to say about this machine, which is not what is measured.
          doctor: () => elapsed(() => mcpctl(['doctor'], { statuses: [0, 1, 3, 5] })),
        },
        Math.ceil(rounds / 2),
      ),
    );
    const detail = { ...times, unit: 'ms' };
    findings.push({
      what: 'doctor of 10 servers, of a minimal client',
      value: times.doctor / times.client,
      bar: 1.25,
      detail,
    });
  }
  return findings;
}
