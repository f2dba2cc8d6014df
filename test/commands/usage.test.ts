import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aCall, openLog, placeIn } from '../support/audit.ts';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../support/cli.ts';

const placeOf = ({ home }: Home) => placeIn(join(home, '.local/state/mcpctl/audit'));

/** Calls of two users in two weeks, the first on a Sunday and a Monday. */
async function homeWithCalls(key: 'file' | 'none'): Promise<Home> {
  const home = await emptyHome();
  await mkdir(join(home.home, '.config/mcpctl'), { recursive: true });
  await writeFile(join(home.home, '.config/mcpctl/config.json'), JSON.stringify({ audit: { key } }));
  const at = (ts: string) => ({ ts, personal: { user: 'ada' }, server: 'github', tool: 'search' });
  const log = openLog(placeOf(home), {
    now: () => new Date('2026-06-08T12:00:00Z'),
    ...(key === 'none' && { unsealed: 'none' }),
  });
  await log.record(aCall(at('2026-06-07T23:59:59.000Z')));
  for (let call = 0; call < 3; call += 1) await log.record(aCall(at('2026-06-08T00:00:00.000Z')));
  await log.record(aCall({ ...at('2026-06-08T10:00:00.000Z'), tool: 'delete', outcome: 'denied' }));
  await log.record(aCall({ ...at('2026-06-08T10:00:00.000Z'), server: '=cmd', personal: { user: 'grace' } }));
  await log.close();
  return home;
}

test('counts calls by week, user, server and tool', async () => {
  const home = await homeWithCalls('file');

  const { document } = await mcpctlJson(['usage', '--since', '2026-06-01'], home);

  const [first, ...second] = document.data.rows;
  expect(first).toEqual({
    week: '2026-06-01',
    user: 'ada',
    server: 'github',
    tool: 'search',
    calls: 1,
    failed: 0,
  });
  expect(second).toHaveLength(3);
  expect(second).toEqual(
    expect.arrayContaining([
      { week: '2026-06-08', user: 'ada', server: 'github', tool: 'search', calls: 3, failed: 0 },
      { week: '2026-06-08', user: 'ada', server: 'github', tool: 'delete', calls: 1, failed: 1 },
      { week: '2026-06-08', user: 'grace', server: '=cmd', tool: 'search', calls: 1, failed: 0 },
    ]),
  );
  expect(document.data.weeks).toEqual([
    { week: '2026-06-01', users: 1, servers: 1, tools: 1, calls: 1 },
    { week: '2026-06-08', users: 2, servers: 2, tools: 3, calls: 5 },
  ]);
  const ofAda = await mcpctlJson(
    ['usage', '--since', '2026-06-08', '--user', 'ada', '--server', 'github'],
    home,
  );
  expect(ofAda.document.data.weeks).toEqual([
    { week: '2026-06-08', users: 1, servers: 1, tools: 2, calls: 4 },
  ]);
});

test('prints a table by server or tool, and CSV no spreadsheet runs', async () => {
  const home = await homeWithCalls('file');
  const since = ['--since', '2026-06-01'];

  const { stdout } = await mcpctl(['usage', ...since], home);
  expect(stdout).toMatch(/^2026-06-08 +2 +2 +3 +5$/m);
  expect(stdout).toMatch(/^2026-06-08 +ada +github +4 +75 % +search 3, delete 1$/m);
  expect((await mcpctl(['usage', ...since, '--tools'], home)).stdout).toMatch(
    /^2026-06-08 +ada +github +delete +1 +0 %$/m,
  );
  const csv = await mcpctl(['usage', ...since, '--csv'], home);
  expect(csv.stdout).toContain("2026-06-08,grace,'=cmd,search,1,0");
  const none = await mcpctl(['usage', '--since', '1d'], home);
  expect(none).toMatchObject({ status: 0, stdout: 'No recorded call fits.\n' });
});

test('names nobody whose name is sealed from it or was not kept', async () => {
  const sealed = await homeWithCalls('file');
  await mcpctl(['audit', 'forget', 'ada', '--yes'], sealed);
  const { stdout } = await mcpctl(['usage', '--since', '2026-06-01', '--json'], sealed);
  expect(stdout).not.toContain('ada');
  expect(stdout).toContain('grace');

  const open = await homeWithCalls('none');
  const { document } = await mcpctlJson(['usage', '--since', '2026-06-01'], open);
  expect(document.data.rows.every((row: object) => !('user' in row))).toBe(true);
  expect(document.data.weeks[1].users).toBe(0);
});

test('counts in bounded memory, and says what it did not tell apart', async () => {
  const { createTally } = await import('../../src/flows/usage/tally.ts');
  const tally = createTally(2);
  for (const tool of ['a', 'b', 'c', 'a']) {
    tally.add({ ts: '2026-06-08T10:00:00.000Z', server: 's', tool, isOk: true });
  }
  expect(tally.rows().map(({ tool, calls }) => [tool, calls])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
  expect(tally.leftOff).toBe(1);
});
