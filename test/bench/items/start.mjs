// CPU time from process start to exit, against a bare node.
import { cpuOf, detailOf, interleave } from '../measure.mjs';
import { MCPCTL, MEMORY, NODE } from '../setting.mjs';

export const name = 'start';

export async function run({ env, manifest }, { rounds }) {
  const server = { command: NODE, args: [MEMORY] };
  await manifest(Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`server-${index}`, server])));
  const options = { env, cwd: env.HOME };
  const results = await interleave(
    {
      node: () => cpuOf(NODE, ['-e', '0'], options),
      version: () => cpuOf(NODE, [MCPCTL, '--version'], options),
      list: () => cpuOf(NODE, [MCPCTL, 'list'], options),
    },
    rounds * 2,
  );
  const detail = detailOf(results, 'ms CPU');
  const { node, version, list } = detail;
  return [
    { what: '--version, CPU of bare node', value: version / node, bar: 1.25, detail },
    { what: 'list, CPU of bare node', value: list / node, bar: 1.8, detail },
  ];
}
