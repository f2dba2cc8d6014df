// What a proxy adds to one tool call, 1 in flight, every session open at once. A round's figure is the median of its
// calls.
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { added, detailOf, interleave, median } from '../measure.mjs';
import { hubSession, proxySession, remoteSession } from '../peers.mjs';
import { httpSession, stdioSession } from '../sessions.mjs';
import { EVERYTHING, freePort, MCPCTL, NODE } from '../setting.mjs';

export const name = 'calls';

const CALLS = 40;
/** Rounds before it counts: a session of a working day has more calls than a fresh process is quick at. */
const WARM_UP = 25;
const SIGNED_IN = { BENCH_TOKEN: 'token-of-the-bench', BENCH_SECRET: 'secret-of-the-bench' };
const PROTECTED = fileURLToPath(new URL('../protected-server.mjs', import.meta.url));
const FORWARDER = fileURLToPath(new URL('../forwarder.mjs', import.meta.url));

export async function run(setting, { rounds }) {
  const { env } = setting;
  const [port, locked] = [await freePort(), await freePort()];
  const protectedUrl = `http://127.0.0.1:${locked}/mcp`;
  const grant = { grant: 'client-credentials', clientId: 'bench', clientSecret: '${BENCH_SECRET}' };
  await setting.settings({ limits: { perMinute: 0 }, audit: { key: 'file' } });
  await setting.manifest({
    everything: { command: NODE, args: [EVERYTHING] },
    remote: { url: `http://127.0.0.1:${port}/mcp` },
    protected: { url: protectedUrl, auth: 'oauth', ...grant },
  });
  await setting.serve([EVERYTHING, 'streamableHttp'], port, { PORT: String(port) });
  await setting.serve([PROTECTED, String(locked)], locked, SIGNED_IN);
  const options = { env: { ...env, ...SIGNED_IN }, cwd: env.HOME };
  const token = { authorization: `Bearer ${SIGNED_IN.BENCH_TOKEN}` };
  const signedIn = ['run', 'protected', '--sign-in', '--store', 'memory'];
  const sessions = {
    direct: await stdioSession(NODE, [EVERYTHING], options),
    forwarder: await stdioSession(NODE, [FORWARDER, NODE, EVERYTHING], options),
    run: await stdioSession(NODE, [MCPCTL, 'run', 'everything'], options),
    'mcp-proxy': await proxySession(setting),
    'mcp-hub': await hubSession(setting),
    'direct http': await httpSession(`http://127.0.0.1:${port}/mcp`),
    'run http': await stdioSession(NODE, [MCPCTL, 'run', 'remote'], options),
    'mcp-remote': await remoteSession(setting, `http://127.0.0.1:${port}/mcp`),
    'direct signed in': await httpSession(protectedUrl, token),
    'run signed in': await stdioSession(NODE, [MCPCTL, ...signedIn], options),
    'mcp-remote signed in': await remoteSession(setting, protectedUrl, token.authorization),
  };
  setting.onClose(() => Promise.all(Object.values(sessions).map((session) => session.close())));
  const tools = { 'mcp-hub': 'everything__echo' };
  const contestants = Object.fromEntries(
    Object.entries(sessions).map(([who, session]) => [who, () => callsOf(session, tools[who] ?? 'echo')]),
  );
  setting.progress('calls: warming up');
  await interleave(contestants, WARM_UP);
  setting.progress('calls: measuring');
  const results = await interleave(contestants, rounds * 2);
  const over = (who, base) => added(results, who, base);
  const mine = over('run', 'direct');
  const detail = detailOf(results, 'ms');
  return [
    {
      what: 'run, added to a stdio call, of a line forwarder',
      value: mine / over('forwarder', 'direct'),
      bar: 3,
      detail,
    },
    {
      what: 'the same, of what mcp-proxy adds',
      value: mine / over('mcp-proxy', 'direct'),
      bar: 0.25,
      detail,
    },
    { what: 'the same, of what mcp-hub adds', value: mine / over('mcp-hub', 'direct'), bar: 0.25, detail },
    {
      what: 'run, added to an HTTP call, of what mcp-remote adds',
      value: over('run http', 'direct http') / over('mcp-remote', 'direct http'),
      bar: 0.5,
      detail,
    },
    {
      what: 'the same with a token, of what mcp-remote adds with the same',
      value: over('run signed in', 'direct signed in') / over('mcp-remote signed in', 'direct signed in'),
      bar: 0.5,
      detail,
    },
  ];
}

async function callsOf(session, tool) {
  const times = [];
  for (let call = 0; call < CALLS; call += 1) {
    const start = performance.now();
    await session.call(tool, { message: 'hello' });
    times.push(performance.now() - start);
  }
  return median(times);
}
