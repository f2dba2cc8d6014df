import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { emptyHome, type Home, MCPCTL, mcpctl, mcpctlJson, start } from '../support/cli.ts';
import { initialize, lineClient } from '../support/line-client.ts';
import { fixtureEntry, writeManifest } from '../support/servers.ts';
import { terminal } from '../support/terminal.ts';

const fileOf = ({ home }: Home, name: string): string => join(home, '.local/state/mcpctl/logs', name);

/** Each server said one thing, in this order, a second apart. */
async function homeWith(said: Record<string, string>): Promise<Home> {
  const home = await emptyHome();
  await mkdir(fileOf(home, ''), { recursive: true });
  for (const [second, [server, text]] of Object.entries(said).entries()) {
    await writeFile(fileOf(home, `${server}.log`), `2026-11-23T10:00:0${second}.000Z 7 stderr ${text}\n`);
  }
  return home;
}

/** What a process writes, as it comes. */
function follow(args: readonly string[], home: Home) {
  const child = start(['logs', '-f', ...args], home);
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  return {
    child,
    shows: async (wanted: string) => await expect.poll(() => text, { timeout: 60_000 }).toContain(wanted),
    text: () => text,
  };
}

test('what a server writes besides messages is shown without its controls, with whole times where no person reads', async () => {
  const home = await emptyHome();
  await writeManifest(home.home, { junk: fixtureEntry('junk') });
  const client = lineClient(start(['run', 'junk'], home));
  client.send(initialize());
  await client.answer(0);
  expect(await client.end()).toBe(0);
  await appendFile(
    fileOf(home, 'junk.log'),
    '2099-11-23T10:00:00.000Z 7 stderr \u001b]0;owned\u0007\u001b[2Jred\u0007\n',
  );

  const { status, stdout, stderr } = await mcpctl(['logs', 'junk'], home);

  expect([status, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) expect(line).toMatch(/^2\d{3}-\d\d-\d\dT[\d:.]{12}Z junk ./);
  expect(lines.at(-1)).toBe('2099-11-23T10:00:00.000Z junk red');
});

test('lines of several servers are one answer, the latest last, as JSON too', async () => {
  const home = await homeWith({ linear: 'first', github: 'error: second' });

  expect((await mcpctl(['logs'], home)).stdout).toBe(
    '2026-11-23T10:00:00.000Z linear first\n2026-11-23T10:00:01.000Z github error: second\n',
  );
  const { document } = await mcpctlJson(['logs', '--lines', '1'], home);
  expect(document.data).toEqual({
    lines: [
      {
        at: '2026-11-23T10:00:01.000Z',
        from: 'server',
        server: 'github',
        level: 'error',
        pid: 7,
        text: 'error: second',
      },
    ],
    undated: 0,
  });
  expect((await mcpctl(['logs', '--server', 'linear', '--level', 'info'], home)).stdout).toContain(
    'linear first',
  );
  expect((await mcpctl(['logs', 'linear', '--level', 'warn'], home)).stderr).toContain(
    'Nothing was written that fits',
  );
  expect((await mcpctl(['logs', '--since', '2026-11-23T10:00:01Z'], home)).stdout).not.toContain('first');
});

test('names, times, counts and levels that are none are refused', async () => {
  const home = await homeWith({ github: 'x' });

  const unknown = await mcpctlJson(['logs', 'gihub'], home);
  expect([unknown.status, unknown.document.error?.code]).toEqual([2, 'SERVER_UNKNOWN']);
  expect(unknown.document.error?.hint).toBe('Did you mean: mcpctl logs github');
  for (const args of [
    ['--since', 'yesterday'],
    ['--lines', '-1'],
    ['--level', 'loud'],
  ]) {
    const refused = await mcpctlJson(['logs', ...args], home);
    expect([refused.status, refused.document.error?.code], args.join(' ')).toEqual([2, 'USAGE']);
  }
});

test('a line without a time is said to be left out when a time is asked for', async () => {
  const home = await homeWith({ github: 'x' });
  await writeFile(fileOf(home, 'linear.log'), 'cut off\n');

  const { stdout, stderr } = await mcpctl(['logs', '--since', '2026-11-23'], home);

  expect(stdout).toBe('2026-11-23T10:00:00.000Z github x\n');
  expect(stderr).toContain('A line tells no time');
});

test('following shows what comes, also of a server that had written nothing, and Ctrl-C ends it well', async () => {
  const home = await homeWith({ github: 'before' });
  await writeManifest(home.home, { junk: fixtureEntry('junk') });
  const [all, one] = [follow([], home), follow(['junk', '--json'], home)];
  await all.shows('github before');
  const client = lineClient(start(['run', 'junk'], home));
  client.send(initialize());
  await client.answer(0);
  await all.shows(' junk ');
  await one.shows('"server":"junk"');
  await client.end();

  for (const { child } of [all, one]) {
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
  }
  const documents = one
    .text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(new Set(documents.map(({ server }) => server))).toEqual(new Set(['junk']));
});

test('following ends when nobody reads any more', async () => {
  const home = await homeWith({ github: 'one' });
  const shell = `'${process.execPath}' '${MCPCTL}' logs -f | head -1`;
  const ended = promisify(execFile)('bash', ['-c', shell], { cwd: home.home, env: home.env });
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await appendFile(fileOf(home, 'github.log'), '2026-11-23T10:00:09.000Z 7 stderr more\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }

  expect((await ended).stdout).toBe('2026-11-23T10:00:00.000Z github one\n');
});

test('on a terminal each server has a colour of its own, and failures stand out', async () => {
  const home = await homeWith({ github: 'error: broken', 'linear-two': 'fine' });
  await rm(fileOf(home, 'gateway.jsonl'), { force: true });
  const variables = Object.entries({ ...home.env, TERM: 'xterm' }).map(
    ([name, value]) => `${name}='${value}'`,
  );
  const session = await terminal(
    home,
    `env -i ${variables.join(' ')} '${process.execPath}' '${MCPCTL}' logs; sleep 60\n`,
  );
  await session.shows('fine');

  const screen = await session.screen();
  expect(screen).toMatch(/^2026-11-23 \d\d:\d\d:\d\d github error: broken$/m);
  expect(screen).toMatch(/^2026-11-23 \d\d:\d\d:\d\d linear-two fine$/m);
  const coloured = await session.colours();
  expect(coloured).toMatch(/\u001b\[36mgithub.*\u001b\[31merror: broken/);
  expect(coloured).toMatch(/\u001b\[35mlinear-two/);
});
