// Commands that start servers, ask and end, against a minimal client doing the same.
import { fileURLToPath } from 'node:url';
import { detailOf, elapsed, finish, interleave } from '../measure.mjs';
import { EVERYTHING, MEMORY, NODE } from '../setting.mjs';

export const name = 'one-shot';
export const needs = ['call', 'doctor'];

const CLIENT = fileURLToPath(new URL('../minimal-client.mjs', import.meta.url));

export async function run(setting, { rounds }) {
  const { env, manifest, mcpctl } = setting;
  const minimal = (...args) => elapsed(() => finish(NODE, [CLIENT, ...args], { env, cwd: env.HOME }));
  const findings = [];

  if (await setting.has('call')) {
    setting.progress('one-shot: call');
    await manifest({ everything: { command: NODE, args: [EVERYTHING] } });
    const detail = detailOf(
      await interleave(
        {
          client: () => minimal('call', NODE, EVERYTHING),
          call: () => elapsed(() => mcpctl(['call', 'everything', 'echo', 'message=hello'])),
        },
        rounds,
      ),
      'ms',
    );
    findings.push({
      what: 'call, of a minimal client',
      value: detail.call / detail.client,
      bar: 1.5,
      detail,
    });
  }
  if (await setting.has('doctor')) {
    setting.progress('one-shot: doctor of 10 servers');
    const server = { command: NODE, args: [MEMORY] };
    await manifest(Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`server-${index}`, server])));
    const detail = detailOf(
      await interleave(
        {
          client: () => minimal('health', '10', NODE, MEMORY),
          // The same work: the servers. It ends with 5 when it has something to say, which is not what is measured.
          doctor: () => elapsed(() => mcpctl(['doctor', '--only', 'servers'], { statuses: [0, 1, 3, 5] })),
          everything: () => elapsed(() => mcpctl(['doctor'], { statuses: [0, 1, 3, 5] })),
        },
        Math.ceil(rounds / 2),
      ),
      'ms',
    );
    findings.push({
      what: 'doctor --only servers of 10 servers, of a minimal client',
      value: detail.doctor / detail.client,
      bar: 1.25,
      detail,
    });
    findings.push({
      what: 'doctor with machine and clients, of a minimal client (for information)',
      value: detail.everything / detail.client,
      detail,
    });
  }
  return findings;
}
