// Calls over HTTP with every layer on: what the gateway adds to one call, and how many it carries at 16 in flight.
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { added, detailOf, elapsed, interleave, median, medians, residentMebibytes } from '../measure.mjs';
import { hubSession, proxySession, supergatewaySession } from '../peers.mjs';
import { httpSession, stdioSession } from '../sessions.mjs';
import { EVERYTHING, freePort, MCPCTL, MEMORY, NODE } from '../setting.mjs';

export const name = 'gateway';
export const needs = ['gateway'];

const CALLS = 40;
const IN_FLIGHT = 16;
const BURST = 480;
/** Before it counts, so that every contestant is compiled as it is in a day's work: 3,360 calls, then 1,000 alone. */
const STEADY_BURSTS = 7;
const STEADY_ROUNDS = 25;
const SERVERS = 10;
const FRONT = fileURLToPath(new URL('../http-front.mjs', import.meta.url));

export async function run(setting, { rounds }) {
  await setting.settings({ limits: { perMinute: 0 }, audit: { key: 'file' } });
  await setting.manifest(
    Object.fromEntries(
      Array.from({ length: SERVERS }, (_, index) => [
        `server${index}`,
        { command: NODE, args: [index === 0 ? EVERYTHING : MEMORY] },
      ]),
    ),
  );
  const { env } = setting;
  const { url, headers, pid } = await startGateway(setting);
  const sessions = {
    direct: await stdioSession(NODE, [EVERYTHING], { env, cwd: env.HOME }),
    'HTTP front without layers': await frontSession(setting),
    gateway: await httpSession(url, headers),
    'mcp-proxy': await proxySession(setting),
    'mcp-hub': await hubSession(setting),
    supergateway: await supergatewaySession(setting),
  };
  setting.onClose(() => Promise.all(Object.values(sessions).map((session) => session.close())));
  const tools = { gateway: 'server0__echo', 'mcp-hub': 'everything__echo' };
  const each = (measure) =>
    Object.fromEntries(
      Object.entries(sessions).map(([who, session]) => [who, () => measure(session, tools[who] ?? 'echo')]),
    );
  setting.progress('gateway: warming up');
  await sessions.gateway.ask('tools/list', {});
  const fresh = await interleave(each(burstOf), 2);
  await interleave(each(burstOf), STEADY_BURSTS);
  await interleave(each(callsOf), STEADY_ROUNDS);
  setting.progress('gateway: one call at a time');
  const single = await interleave(each(callsOf), rounds);
  setting.progress(`gateway: ${IN_FLIGHT} calls at a time`);
  const burst = await interleave(each(burstOf), rounds);
  const list = await interleave(
    {
      gateway: () => elapsed(() => sessions.gateway.ask('tools/list', {})),
      'mcp-hub (1 server)': () => elapsed(() => sessions['mcp-hub'].ask('tools/list', {})),
    },
    rounds * 3,
  );
  const resident = await residentWithAll(sessions.gateway, pid);
  return findings({ single, fresh, burst, list, resident });
}

function findings({ single, fresh, burst, list, resident }) {
  const best = Math.max(...['mcp-proxy', 'mcp-hub', 'supergateway'].map((peer) => medians(burst)[peer]));
  const detail = detailOf(single, 'ms');
  const bursts = { ...detailOf(burst, 'calls/s'), 'gateway, its first calls': medians(fresh).gateway };
  const lists = detailOf(list, 'ms');
  const over = (who) => added(single, who, 'direct');
  return [
    {
      what: 'gateway, added to a call over HTTP, of an HTTP front without layers',
      value: over('gateway') / over('HTTP front without layers'),
      bar: 3,
      detail,
    },
    {
      what: 'a call through the gateway, of one through mcp-proxy',
      value: medians(single).gateway / medians(single)['mcp-proxy'],
      bar: 0.65,
      detail,
    },
    {
      what: `calls/s at ${IN_FLIGHT} in flight, of the best of mcp-proxy, mcp-hub and supergateway`,
      value: medians(burst).gateway / best,
      bar: 2,
      atLeast: true,
      detail: bursts,
    },
    {
      what: `tools/list of ${SERVERS} servers, of what mcp-hub takes for one`,
      value: medians(list).gateway / medians(list)['mcp-hub (1 server)'],
      bar: 1,
      detail: lists,
    },
    {
      what: `gateway with ${SERVERS} servers running, resident memory (MiB)`,
      value: resident,
      bar: 80,
      detail: { unit: 'MiB', rounds: 1 },
    },
  ];
}

async function callsOf(session, tool) {
  const times = [];
  for (let call = 0; call < CALLS; call += 1) {
    times.push(await elapsed(() => session.call(tool, { message: 'hello' })));
  }
  return median(times);
}

/** Calls a second. */
async function burstOf(session, tool) {
  const start = performance.now();
  let left = BURST;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await session.call(tool, { message: 'hello' });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return (BURST * 1000) / (performance.now() - start);
}

async function startGateway(setting) {
  const port = await freePort();
  const { stdout } = await setting.mcpctl(['gateway', 'token', '--name', 'bench', '--json']);
  const { token } = JSON.parse(stdout).data;
  const child = await setting.serve([MCPCTL, 'gateway', '--http', '--port', String(port)], port);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    headers: { authorization: `Bearer ${token}` },
    pid: child.pid,
  };
}

async function frontSession(setting) {
  const port = await freePort();
  await setting.serve([FRONT, String(port), NODE, EVERYTHING], port);
  return await httpSession(`http://127.0.0.1:${port}/mcp`);
}

async function residentWithAll(session, pid) {
  for (let index = 1; index < SERVERS; index += 1) await session.call(`server${index}__read_graph`, {});
  return await residentMebibytes(pid);
}
