// How long a session waits for its next good call when the server is killed, against the server's own start-up: from
// its spawn to the answer of the same call.
import { readFile } from 'node:fs/promises';
import { detailOf, elapsed, interleave, medians } from '../measure.mjs';
import { stdioSession } from '../sessions.mjs';
import { EVERYTHING, MCPCTL, MEMORY, NODE } from '../setting.mjs';

export const name = 'crash';

const SERVERS = {
  everything: { program: EVERYTHING, call: ['echo', { message: 'hello' }] },
  memory: { program: MEMORY, call: ['read_graph', {}] },
};
/** What finding out and greeting anew may cost besides, in milliseconds. */
const ALLOWED_MS = 300;

export async function run({ env, manifest }, { rounds }) {
  const entry = ({ program }) => ({ command: NODE, args: [program] });
  await manifest(
    Object.fromEntries(Object.entries(SERVERS).map(([server, facts]) => [server, entry(facts)])),
  );
  const options = { env, cwd: env.HOME };
  const contestants = Object.fromEntries(
    Object.entries(SERVERS).flatMap(([server, { program, call }]) => [
      [`${server} started`, () => startUp(program, call, options)],
      [`${server} killed`, () => recovery(server, program, call, options)],
    ]),
  );
  await interleave(contestants, 1);
  const results = await interleave(contestants, rounds * 2);
  const detail = detailOf(results, 'ms');
  const middle = medians(results);
  return Object.keys(SERVERS).flatMap((server) => {
    const [killed, started] = [middle[`${server} killed`], middle[`${server} started`]];
    return [
      { what: `${server}, kill to next good call, of its own start-up`, value: killed / started, detail },
      {
        what: 'the same, of its own start-up and 0.3 s',
        value: killed / (started + ALLOWED_MS),
        bar: 1,
        detail,
      },
    ];
  });
}

async function startUp(program, call, options) {
  let session;
  const time = await elapsed(async () => {
    session = await stdioSession(NODE, [program], options);
    await session.call(...call);
  });
  await session.stop();
  return time;
}

async function recovery(server, program, call, options) {
  const session = await stdioSession(NODE, [MCPCTL, 'run', server], options);
  await session.call(...call);
  const pid = await childOf(session.pid, program);
  const time = await elapsed(async () => {
    process.kill(pid, 'SIGKILL');
    await session.call(...call);
  });
  if ((await childOf(session.pid, program)) === pid) throw new Error('the server was not killed');
  await session.stop();
  return time;
}

async function childOf(pid, program) {
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ');
  for (const child of children) {
    const line = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(program)) return Number(child);
  }
  throw new Error(`${program} does not run below ${pid}`);
}
