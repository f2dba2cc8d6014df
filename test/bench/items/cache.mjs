// A call that is answered from the cache, beside the same call made to the server itself: over stdio through `run`, and
// over HTTP through the gateway, where questions nobody asked before go to the server. The server is server-memory,
// which knows a few hundred things and finds one of them.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { detailOf, elapsed, interleave, median, medians } from '../measure.mjs';
import { httpSession, stdioSession } from '../sessions.mjs';
import { freePort, MCPCTL, MEMORY, NODE } from '../setting.mjs';

export const name = 'cache';
export const needs = ['gateway'];

const CALLS = 40;
const THINGS = 500;
const TOOL = 'search_nodes';

export async function run(setting, { rounds }) {
  const { env } = setting;
  await setting.settings({
    limits: { perMinute: 0 },
    audit: { key: 'file' },
    cache: { tools: { [`memory/${TOOL}`]: { ttlMs: 3_600_000 } } },
  });
  const known = { MEMORY_FILE_PATH: await graph(setting.folder) };
  await setting.manifest({ memory: { command: NODE, args: [MEMORY], env: known } });
  const options = { env, cwd: env.HOME };
  const sessions = {
    direct: await stdioSession(NODE, [MEMORY], { ...options, env: { ...env, ...known } }),
    run: await stdioSession(NODE, [MCPCTL, 'run', 'memory'], options),
    gateway: await gatewaySession(setting),
  };
  setting.onClose(() => Promise.all(Object.values(sessions).map((session) => session.close())));
  await sessions.gateway.ask('tools/list', {});
  const contestants = {
    direct: () => callsOf(sessions.direct, TOOL, same),
    'run, from the cache': () => callsOf(sessions.run, TOOL, same),
    'gateway, from the cache': () => callsOf(sessions.gateway, `memory__${TOOL}`, same),
    'gateway, asked': () => callsOf(sessions.gateway, `memory__${TOOL}`, another),
  };
  setting.progress('cache: warming up');
  await interleave(contestants, 3);
  setting.progress('cache: measuring');
  const results = await interleave(contestants, rounds);
  const detail = detailOf(results, 'ms');
  const middle = medians(results);
  return [
    {
      what: 'a call of run that is answered from the cache, of the direct call',
      value: middle['run, from the cache'] / middle.direct,
      bar: 1,
      detail,
    },
    {
      what: 'a call through the gateway that is answered from the cache, of one that goes to the server',
      value: middle['gateway, from the cache'] / middle['gateway, asked'],
      bar: 1,
      detail,
    },
  ];
}

const same = () => 'thing 250';
let asked = 0;
/** Never the same, and found as seldom. */
const another = () => {
  asked += 1;
  return `said of it ${asked}.`;
};

async function graph(folder) {
  const path = join(folder, 'graph.jsonl');
  const lines = Array.from({ length: THINGS }, (_, index) =>
    JSON.stringify({
      type: 'entity',
      name: `thing ${index}`,
      entityType: 'thing',
      observations: [`This was said of it ${index}.`],
    }),
  );
  await writeFile(path, lines.join('\n'));
  return path;
}

async function callsOf(session, tool, query) {
  const times = [];
  for (let call = 0; call < CALLS; call += 1) {
    times.push(await elapsed(() => session.call(tool, { query: query() })));
  }
  return median(times);
}

async function gatewaySession(setting) {
  const port = await freePort();
  const { stdout } = await setting.mcpctl(['gateway', 'token', '--name', 'bench', '--json']);
  await setting.serve([MCPCTL, 'gateway', '--http', '--port', String(port)], port);
  const authorization = `Bearer ${JSON.parse(stdout).data.token}`;
  return await httpSession(`http://127.0.0.1:${port}/mcp`, { authorization });
}
