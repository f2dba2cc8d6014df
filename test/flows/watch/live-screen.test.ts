import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { askControl } from '../../../src/gateway/control/ask-control.ts';
import { findRunning } from '../../../src/gateway/control/find-running.ts';
import { emptyHome, type Home, MCPCTL, start } from '../../support/cli.ts';
import { initialize, lineClient } from '../../support/line-client.ts';
import { fixtureEntry, writeManifest } from '../../support/servers.ts';
import { type TerminalSize, terminal } from '../../support/terminal.ts';

const CRASH = fileURLToPath(new URL('../../fixtures/crash.cjs', import.meta.url));
const WAIT = { timeout: 40_000, interval: 100 };
const PATIENCE = 180_000;
const WIDE: TerminalSize = { columns: 120, rows: 30 };

interface ScreenOptions {
  readonly size?: TerminalSize;
  readonly env?: Record<string, string>;
  readonly args?: string;
}

async function homeWith(servers: Record<string, object>): Promise<Home> {
  const home = await emptyHome();
  await writeManifest(home.home, servers);
  return home;
}

/** `mcpctl watch` in a terminal, after something was printed there. */
async function watching(home: Home, { size = WIDE, env = {}, args = '' }: ScreenOptions = {}) {
  const variables = { ...home.env, TERM: 'screen-256color', ...env };
  const given = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  const script = `trap : INT
cd "${home.home}"
echo before
env -i ${given.join(' ')} '${process.execPath}' '${MCPCTL}' watch ${args} &
echo $! > "${home.home}/pid"
fg > /dev/null
status=$?
while [ $status = 148 ]; do echo stopped; read -r; fg > /dev/null; status=$?; done
echo "after $status" | tee "${home.home}/status"
stty -a > "${home.home}/stty"
sleep 300
`;
  const session = await terminal(home, `set -m\n${script}`, size);
  const shows = async (text: string | RegExp): Promise<void> => {
    await vi.waitFor(async () => expect((await session.rows()).join('\n')).toMatch(text), WAIT);
  };
  return {
    ...session,
    shows,
    pid: async () => Number(await readFile(join(home.home, 'pid'), 'utf8')),
    /** Of `watch`; the terminal has to be as it was. */
    async ended(): Promise<number> {
      await shows(/^after \d+/m);
      const rows = (await session.rows()).join('\n');
      // The screen before is there again, with the cursor, and what is typed is shown.
      expect(rows).toMatch(/^before\n/);
      expect([await session.state('alternate_on'), await session.state('cursor_flag')]).toEqual(['0', '1']);
      await vi.waitFor(
        async () => expect(await readFile(join(home.home, 'stty'), 'utf8')).toMatch(/ echo .*/),
        WAIT,
      );
      expect(await readFile(join(home.home, 'stty'), 'utf8')).toMatch(/ icanon /);
      return Number(/after (\d+)/.exec(rows)?.[1]);
    },
  };
}

/** Somebody uses the server: a client whose session goes on. */
async function inUse(home: Home, server: string) {
  const client = lineClient(start(['run', server], home));
  client.send(initialize());
  await client.answer(0);
  client.send({ method: 'notifications/initialized' });
  return client;
}

async function programOf(home: Home): Promise<number | undefined> {
  const [found] = await findRunning(join(home.home, '.local/state/mcpctl/run'), process.platform);
  if (!found) return undefined;
  const { servers } = await askControl(found, { ask: 'status' });
  return servers[0]?.pids[0];
}

test('every server is on one screen, keys move it about, and q gives the terminal back', {
  timeout: PATIENCE,
}, async () => {
  const home = await homeWith({ echo: fixtureEntry('echo'), exits: fixtureEntry('exits') });
  const client = await inUse(home, 'echo');
  const screen = await watching(home);
  await screen.shows(/▸ echo +● healthy/);
  await screen.shows(/exits +▲ degraded/);
  expect(await screen.state('alternate_on')).toBe('1');
  expect((await screen.rows()).join('\n')).not.toContain('before');

  await screen.press('Down');
  await screen.shows(/▸ exits/);
  await screen.shows('FIXTURE_TOKEN is not set');
  await screen.press('k');
  await screen.press('d');
  await screen.shows(/── details of echo ─/);
  await screen.shows(/processes {2}run \d+ in /);
  await screen.press('?');
  await screen.shows(/── help ─/);
  await screen.press('Escape');
  await vi.waitFor(async () => expect((await screen.rows()).join('\n')).not.toContain('── help'), WAIT);
  await screen.press('p');
  await screen.shows('‖ paused');
  await screen.press('q');

  expect(await screen.ended()).toBe(0);
  await client.end();
});

test('another size is drawn anew, without rows of the one before', { timeout: PATIENCE }, async () => {
  const home = await homeWith({ echo: fixtureEntry('echo'), other: fixtureEntry('echo') });
  const screen = await watching(home);
  await screen.shows(/calls\/min/);
  await screen.resize({ columns: 40, rows: 15 });
  await vi.waitFor(async () => expect((await screen.rows()).join('\n')).not.toContain('calls/min'), WAIT);
  await screen.shows(/\? help {3}q quit/);
  const small = await screen.rows();
  expect(small).toHaveLength(15);
  for (const row of small) expect(row.length).toBeLessThanOrEqual(40);
  expect(small.filter((row) => row.includes('? help'))).toHaveLength(1);

  await screen.resize({ columns: 100, rows: 24 });
  await screen.shows(/calls\/min/);
  expect((await screen.rows()).filter((row) => row.includes('? help'))).toHaveLength(1);
  await screen.press('q');
  expect(await screen.ended()).toBe(0);
});

test('a restart is asked, done within the sessions, and told; a program that dies is seen', {
  timeout: PATIENCE,
}, async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const client = await inUse(home, 'echo');
  const screen = await watching(home);
  await screen.shows(/▸ echo +● healthy/);
  const first = await programOf(home);
  await screen.press('r');
  await screen.shows(/Restart echo in the process that runs it\? {2}y yes {2}n no/);
  await screen.press('y');
  await screen.shows('echo was restarted.');
  const second = await programOf(home);
  expect(second).not.toBe(first);
  await screen.shows(/was started again \(1 times so far\)/);

  process.kill(second ?? 0, 'SIGKILL');
  await screen.shows(/was started again \(2 times so far\)/);
  client.send({
    id: 5,
    method: 'tools/call',
    params: { name: 'echo', arguments: { message: 'still here' } },
  });
  expect(await client.answer(5)).toContain('still here');
  await screen.press('C-c');
  expect(await screen.ended()).toBe(0);
  await client.end();
});

test('what a server writes is followed in a pane, without its controls', { timeout: PATIENCE }, async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const logs = join(home.home, '.local/state/mcpctl/logs');
  const screen = await watching(home, { size: { columns: 80, rows: 24 } });
  await screen.shows(/▸ echo/);
  await screen.press('l');
  await screen.shows('echo has written nothing yet');
  await mkdir(logs, { recursive: true });
  await appendFile(
    join(logs, 'echo.log'),
    `${new Date().toISOString()} 7 stderr first \u001b[2J\u001b[31m漢字 line\n`,
  );
  await screen.shows(/first 漢字 line/);
  await appendFile(join(logs, 'echo.log'), `${new Date().toISOString()} 7 stderr error: second\n`);
  await screen.shows(/error: second/);
  expect((await screen.rows())[0]).toMatch(/^mcpctl watch/);
  expect(await screen.colours()).toMatch(/\u001b\[31m\S*error: second/);
  await screen.press('q');
  expect(await screen.ended()).toBe(0);
});

test('a signal gives the terminal back', { timeout: PATIENCE }, async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const screen = await watching(home);
  await screen.shows(/▸ echo/);
  process.kill(await screen.pid(), 'SIGTERM');

  expect(await screen.ended()).toBe(0);
});

test('a failure is told on the terminal as it was', { timeout: PATIENCE }, async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const screen = await watching(home, { args: '--server nobody' });

  expect(await screen.ended()).toBe(2);
  expect((await screen.rows()).join('\n')).toContain('SERVER_UNKNOWN');
});

test('a bug gives the terminal back before it is reported there', { timeout: PATIENCE }, async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const told = join(home.home, 'told');
  await writeFile(told, 'nobody catches this');
  const screen = await watching(home, { env: { NODE_OPTIONS: `--require=${CRASH}`, CRASH_WITH: told } });
  await screen.shows(/▸ echo/);
  process.kill(await screen.pid(), 'SIGUSR2');

  expect(await screen.ended()).toBe(70);
  expect((await screen.rows()).join('\n')).toMatch(/^mcpctl: INTERNAL .*nobody catches this/m);
});

test('Ctrl-Z stops it with the terminal as it was, and fg brings the screen back', {
  timeout: PATIENCE,
}, async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const screen = await watching(home);
  await screen.shows(/▸ echo/);
  await screen.press('C-z');
  await screen.shows(/^stopped$/m);
  expect(await screen.state('alternate_on')).toBe('0');
  await screen.press('Enter');
  await screen.shows(/▸ echo/);
  expect(await screen.state('alternate_on')).toBe('1');
  await screen.press('q');
  expect(await screen.ended()).toBe(0);
});

test('NO_COLOR leaves symbols and words, and TERM=dumb gets lines', { timeout: PATIENCE }, async () => {
  const home = await homeWith({ echo: fixtureEntry('echo') });
  const screen = await watching(home, { env: { NO_COLOR: '1' }, args: '--metrics-port 0' });
  // What other parts would say on stderr is on the screen.
  await screen.shows(/^metrics at http:\/\/127\.0\.0\.1:\d+\/metrics/m);
  await screen.shows(/▸ echo +(○ dormant|● healthy)/);
  expect(await screen.colours()).not.toMatch(/\u001b\[[0-9;]*m/);
  await screen.press('q');
  expect(await screen.ended()).toBe(0);

  const dumb = await homeWith({ echo: fixtureEntry('echo') });
  const lines = await watching(dumb, { env: { TERM: 'dumb' } });
  await lines.shows(/^\d{4}-\d\d-\d\d [\d:]{8} echo /m);
  expect(await lines.state('alternate_on')).toBe('0');
});
