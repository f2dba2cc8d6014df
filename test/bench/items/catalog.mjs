// A registry of 25,000 servers read in full, what that costs a search, and a search without it, against a bare node.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fromSupport } from '../from-support.mjs';
import { cpuOf, detailOf, interleave, median } from '../measure.mjs';
import { MCPCTL, NODE } from '../setting.mjs';

export const name = 'catalog';
export const needs = ['catalog', 'search'];

const ENTRIES = 25_000;
const READS = 3;
/** Prints the peak of a process's memory, in KiB, as its last line. */
const TELLER =
  "process.on('exit', () => process.stderr.write('\\npeak ' + process.resourceUsage().maxRSS + '\\n'));\n";

export async function run({ env, folder, settings, mcpctl, onClose }, { rounds }) {
  const { officialRegistry, longList } = await fromSupport('official-registry.ts');
  const registry = await officialRegistry(longList(ENTRIES).entries);
  onClose(() => registry.close());
  const teller = join(folder, 'peak.mjs');
  await writeFile(teller, TELLER);
  const options = { env, cwd: env.HOME };
  const words = ['search', 'postgres'];
  const plain = await interleave(
    { node: () => cpuOf(NODE, ['-e', '0'], options), search: () => cpuOf(NODE, [MCPCTL, ...words], options) },
    rounds,
  );
  await settings({ registries: { mcp: registry.url } });
  const seconds = [];
  const peaks = [];
  for (let read = 0; read < READS; read += 1) {
    const start = performance.now();
    const { stderr } = await mcpctl(['catalog', 'refresh', '--full'], {
      env: { ...env, NODE_OPTIONS: `--import=${teller}` },
    });
    seconds.push((performance.now() - start) / 1000);
    peaks.push(Number(/peak (\d+)/.exec(stderr)[1]) / 1024);
  }
  const full = await interleave(
    { node: () => cpuOf(NODE, ['-e', '0'], options), search: () => cpuOf(NODE, [MCPCTL, ...words], options) },
    rounds,
  );
  const ratio = (results) => detailOf(results, 'ms CPU').search / detailOf(results, 'ms CPU').node;
  return [
    { what: 'search, CPU of bare node', value: ratio(plain), bar: 2.2, detail: detailOf(plain, 'ms CPU') },
    {
      what: 'search with 25,000 servers of a registry, CPU of bare node',
      value: ratio(full),
      bar: 2.4,
      detail: detailOf(full, 'ms CPU'),
    },
    {
      what: 'catalog refresh of 25,000 entries (s)',
      value: median(seconds),
      bar: 10,
      detail: { seconds, unit: 's', rounds: READS },
    },
    {
      what: 'catalog refresh of 25,000 entries, peak memory (MiB)',
      value: median(peaks),
      bar: 200,
      detail: { peaks, unit: 'MiB', rounds: READS },
    },
  ];
}
