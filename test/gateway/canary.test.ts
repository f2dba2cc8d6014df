import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { encodingsOf } from '../../src/core/secret-encodings.ts';
import { askControl } from '../../src/gateway/control/ask-control.ts';
import { findRunning } from '../../src/gateway/control/find-running.ts';
import { CANARY, filesWithCanary, hits, LEAKY, leakySite } from '../support/canary.ts';
import { type Home, MCPCTL, mcpctl, start, temporaryFolder } from '../support/cli.ts';
import { watchCommandLines } from '../support/command-lines.ts';
import { gatewayHome, makeToken, startGatewayIn } from '../support/gateway.ts';
import { legacyClient } from '../support/gateway-client.ts';
import { initialize, lineClient } from '../support/line-client.ts';
import { startSecretService } from '../support/secret-service.ts';
import { fixtureEntry } from '../support/servers.ts';

const CRASH = fileURLToPath(new URL('../fixtures/crash.cjs', import.meta.url));
const MANNERS = ['dies', 'babbles', 'refuses', 'works'];

/** A home whose servers give away the one secret they get, which is in a real keyring, and one that gets none. */
async function trap(): Promise<Home> {
  const service = await startSecretService();
  onTestFinished(service.stop);
  const leaky = (manner: string): object => ({
    command: process.execPath,
    args: [LEAKY, manner],
    env: { SECRET: '${CANARY}' },
  });
  const machine = await gatewayHome({
    env: service.env,
    servers: {
      ...Object.fromEntries(MANNERS.map((manner) => [manner, leaky(manner)])),
      remote: { url: await leakySite(), headers: { Authorization: 'Bearer ${CANARY}' } },
      innocent: fixtureEntry('echo'),
    },
    settings: { retry: { pausesMs: [] } },
  });
  expect((await mcpctl(['secret', 'set', 'CANARY', '--stdin'], { ...machine, input: CANARY })).status).toBe(
    0,
  );
  return machine;
}

/** Everything a process of ours tells those who ask it. */
async function controlAnswers({ home }: Home): Promise<string> {
  const [running] = await findRunning(join(home, '.local/state/mcpctl/run'), process.platform);
  if (!running) return '';
  const questions = [
    { ask: 'status' },
    { ask: 'metrics' },
    ...running.servers.map((server) => ({ ask: 'restart', server }) as const),
    { ask: 'cache', action: 'stats' },
  ] as const;
  const answers = await Promise.all(
    questions.map(async (question) => {
      const told = await askControl(running, question, { timeoutMs: 30_000 }).catch(
        (error: unknown) => error,
      );
      return told instanceof Error ? `${told.message} ${JSON.stringify(told)}` : JSON.stringify(told);
    }),
  );
  return answers.join('\n');
}

/** The environments of a process and all its descendants, but of those that are to have the secret. */
function environments(pid: number): string[] {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  const tasks = readdirSync(`/proc/${pid}/task`);
  const children = tasks.flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean),
  );
  const own = read(`/proc/${pid}/cmdline`).includes('leaky.mjs') ? [] : [read(`/proc/${pid}/environ`)];
  return [...own, ...children.flatMap((child) => environments(Number(child)))];
}

for (const flags of [['--verbose'], ['--json'], ['--log-format', 'text']]) {
  test(`gateway ${flags.join(' ')}: a secret that servers shout shows up nowhere`, async () => {
    const machine = await trap();
    const token = await makeToken(machine, 'test');
    const commandLines = await watchCommandLines();
    const served = await startGatewayIn(machine, flags);
    const client = await legacyClient({ url: served.url, token });
    const lists = await client.request('tools/list');
    const calls = await Promise.all(
      [...MANNERS, 'remote'].map(async (server) => await client.call(`${server}__harmless`, { CANARY })),
    );
    const unset = await client.call('innocent__env', { name: 'SECRET' });
    const seen = environments(served.pid);
    const control = await controlAnswers(machine);
    const headers = { authorization: `Bearer ${token}` };
    const metrics = await (await fetch(new URL('/metrics', served.url), { headers })).text();
    expect(await served.stop()).toBe(0);

    // What servers answer is the client's; what we say of servers is not.
    const ours = calls.filter(({ error }) => error?.data?.code !== undefined);
    const told = { ours, lists, control, metrics, stdout: served.stdout(), stderr: served.stderr() };
    for (const [what, text] of Object.entries(told)) {
      expect(hits(typeof text === 'string' ? text : JSON.stringify(text)), what).toEqual([]);
    }
    expect(ours.length).toBeGreaterThanOrEqual(2);
    expect(`${JSON.stringify(ours)}${control}${served.stderr()}`).toContain('•••');
    expect(control).toContain('"innocent"');
    expect(metrics).toContain('mcpctl_server="works"');
    expect(unset.result.content[0].text).toBe('(unset)');
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(seen.filter((environment) => hits(environment).length > 0)).toEqual([]);
    expect(await filesWithCanary(machine.home)).toEqual([]);
    const lines = await commandLines();
    expect(lines.filter((line) => hits(line).length > 0)).toEqual([]);
    expect(lines.some((line) => line.includes(MCPCTL))).toBe(true);
  });
}

test('a crash of mcpctl tells where, and no secret', async () => {
  const machine = await trap();
  const told = join(await temporaryFolder(), 'told');
  await writeFile(told, encodingsOf(CANARY).join('\n'));
  const token = await makeToken(machine, 'test');
  const crashing = {
    ...machine,
    env: { ...machine.env, NODE_OPTIONS: `--require ${CRASH}`, CRASH_WITH: told },
  };
  const served = await startGatewayIn(crashing);
  const client = await legacyClient({ url: served.url, token });
  await client.call('works__harmless');
  expect(await served.stop('SIGUSR2')).toBe(70);
  const run = lineClient(start(['run', 'works'], crashing));
  run.send(initialize());
  await run.answer(0);
  run.child.kill('SIGUSR2');
  expect(await run.closed).toBe(70);

  for (const text of [served.stderr(), run.stderr()]) {
    expect(text).toMatch(/^mcpctl: INTERNAL Error: •••/m);
    expect(text).toContain('crash.cjs');
    expect(hits(text)).toEqual([]);
  }
  expect(await filesWithCanary(machine.home)).toEqual([]);
});

test('run: what its socket tells has no secrets, and no argument list has', async () => {
  const machine = await trap();
  const commandLines = await watchCommandLines();
  for (const server of ['works', 'babbles']) {
    const client = lineClient(start(['run', server, '--verbose'], machine));
    client.send(initialize());
    await client.answer(0);
    client.send({ id: 1, method: 'tools/call', params: { name: 'harmless', arguments: { CANARY } } });
    await client.answer(1);
    let control = '';
    while (control === '') control = await controlAnswers(machine);
    await client.end();

    expect(hits(control), server).toEqual([]);
    expect(control).toContain(`"${server}"`);
    expect(hits(client.stderr()), server).toEqual([]);
  }
  expect(await filesWithCanary(machine.home)).toEqual([]);
  const lines = await commandLines();
  expect(lines.filter((line) => hits(line).length > 0)).toEqual([]);
});
