import { expect, test } from 'vitest';
import { displayWidth } from '../../../../src/cli/display-width.ts';
import { renderScreen } from '../../../../src/flows/watch/screen/render-screen.ts';
import type { ScreenFacts } from '../../../../src/flows/watch/screen/view.ts';
import { createStyle } from '../../../../src/platform/style.ts';
import { NOON, observation, observedServer } from '../../../support/observations.ts';
import { SCREEN_SERVERS, screenFacts } from '../../../support/screen-facts.ts';

const plain = createStyle({ env: {}, isTerminal: false });
const coloured = createStyle({ env: {}, isTerminal: true });

function rowsOf(facts: ScreenFacts, columns: number, rows: number): string[] {
  return renderScreen(facts, { columns, rows }, plain).rows.map((row) => row.trimEnd());
}

const text = (...of: Parameters<typeof rowsOf>): string => rowsOf(...of).join('\n');

const headOf = (columns: number): string[] =>
  rowsOf(screenFacts(), columns, 30)
    .find((row) => row.includes('server '))
    ?.split(/\s+/)
    .filter((word) => word !== '') ?? [];

test('a wide screen shows every fact of every server, what changed, and how many are how', () => {
  const rows = rowsOf(screenFacts(), 130, 30);

  expect(rows[0]).toMatch(
    /^mcpctl watch {2}✗ 1 failed {2}▲ 1 degraded {2}◆ 1 needs-auth {2}● 1 healthy {2}○ 1 dormant {2,}watching 1h {2}\d\d:\d\d:\d\d$/,
  );
  const table = rows.slice(2, 8).map((row) => row.replaceAll(/ {2,}/g, '  '));
  expect(table).toEqual([
    '  server  state  for  probe  p95  calls/min  errors  cache  restarts  memory  tools  token  era  next',
    '▸ github  ● healthy  3d  112 ms  230 ms  4.2  0 %  41 %  0  -  34/34  51m  modern  18s',
    '  linear  ◆ needs-auth  10m  -  -  -  -  -  0  -  -/23  expired  -  -',
    '  postgres  ▲ degraded  2m  failed  2.2 s  12  14 %  -  2  84 MiB  12/12 ≠2  -  legacy  3s',
    '  memory  ○ dormant  0s  -  -  -  -  -  0  -  -  -  -  -',
    '  playwright  ✗ failed  30s  -  -  -  -  -  5  -  -/29  -  -  -',
  ]);
  expect(rows.join('\n')).toMatch(/── changes ─+\n {2}[\d:]{8} ◆ linear healthy → needs-auth\n/);
  expect(rows.at(-1)).toBe(
    '? help   q quit   ↑↓ select   l logs   d details   r restart   n next trouble   p pause   c check now',
  );
});

test('columns give way by their worth, down to the name and the state', () => {
  expect(headOf(80)).toEqual(['server', 'state', 'probe', 'p95', 'calls/min', 'errors', 'tools']);
  expect(headOf(60)).toEqual(['server', 'state', 'probe', 'p95', 'errors']);
  expect(headOf(40)).toEqual(['server', 'state', 'probe']);
  expect(headOf(28)).toEqual(['server', 'state']);
});

test('what nobody knows of any server gives way first', () => {
  const servers = [observedServer('echo', { probe: { at: '', ok: true, ms: 3 } })];
  const rows = rowsOf(screenFacts({}, { observation: observation(0, servers) }), 80, 24);

  // Without calls and a sign-in, their columns are left out before others of less worth.
  expect(rows[2]?.trim().split(/\s+/)).toEqual([
    'server',
    'state',
    'for',
    'probe',
    'p95',
    'errors',
    'restarts',
    'memory',
    'tools',
  ]);
});

test.each([
  [130, 40],
  [80, 24],
  [40, 15],
  [40, 6],
  [20, 3],
  [10, 2],
  [1, 1],
])('no row of %i × %i is wider than the screen, and there are as many as it has', (columns, rows) => {
  const wide = observedServer(`日本語${'x'.repeat(60)}`, {
    reason: { code: 'X', message: '漢'.repeat(200), hint: 'y'.repeat(300) },
  });
  const all = observation(0, [wide, ...SCREEN_SERVERS], {
    warnings: [{ code: 'W', message: 'w'.repeat(200) }],
  });
  const logs = [
    { at: NOON, from: 'server', server: wide.name, level: 'error', text: '漢字'.repeat(100) },
  ] as const;
  for (const pane of [undefined, 'details', 'logs', 'help'] as const) {
    for (const asked of [undefined, 'postgres']) {
      const facts = screenFacts({ selected: wide.name, pane, asked }, { observation: all, logs });
      const drawn = renderScreen(facts, { columns, rows }, plain).rows;
      expect(drawn).toHaveLength(rows);
      for (const row of drawn) expect(displayWidth(row), row).toBeLessThanOrEqual(columns);
    }
  }
});

test('colours add to words and symbols, and change neither', () => {
  const facts = screenFacts({ selected: 'postgres' });
  const drawn = renderScreen(facts, { columns: 100, rows: 24 }, coloured).rows.join('\n');

  expect(drawn).toContain('\u001b[31m✗ failed');
  expect(drawn.replaceAll(/\u001b\[\d+m/g, '')).toBe(
    renderScreen(facts, { columns: 100, rows: 24 }, plain).rows.join('\n'),
  );
});

test('more servers than lines scroll, and the screen says how many are above and below', () => {
  const servers = Array.from({ length: 40 }, (_, index) =>
    observedServer(`server-${String(index).padStart(2, '0')}`),
  );
  const shown = (selected: string): string =>
    text(screenFacts({ selected }, { observation: observation(0, servers), changes: [] }), 80, 15);

  expect(shown('server-00')).toMatch(/▸ server-00.*server-09.* {2}↓ 30 more/s);
  expect(shown('server-20')).toMatch(/server-15.*▸ server-20.*server-24.*↑ 15 more {3}↓ 15 more/s);
  expect(shown('server-39')).toMatch(/server-30.*▸ server-39.*↑ 30 more/s);
});

test('what is wrong with the selected server is told with what to do', () => {
  const rows = text(screenFacts({ selected: 'postgres' }), 80, 24);

  expect(rows).toContain('  postgres did not answer within 5 s.\n  try mcpctl logs postgres\n');
  expect(rows).toContain('  Two tools are not what was locked.\n  try mcpctl approve postgres\n');
});

test('details tell everything of one server', () => {
  const rows = text(screenFacts({ selected: 'postgres', pane: 'details' }), 120, 50);

  expect(rows).toContain('── details of postgres ─');
  for (const wanted of [
    /▲ degraded for 2m/,
    /is {9}a program, user scope, legacy era/,
    /probe {6}failed after 5\.0 s at .*, next in 3s/,
    /calls {6}12 a minute, 14 % failed, half within 40 ms, 95 % within 2\.2 s, 1\.0 a minute held back by limits/,
    /tools {6}12 offered, 12 locked/,
    /changed {4}query, explain \(mcpctl approve postgres\)/,
    /processes {2}gateway 4242 in \/home\/ada\/work, for 2h, 71 MiB, mcpctl 0\.1\.0/,
    /run 4311$/m,
    /the latest first\n.*was started again.*\n.*healthy → degraded/,
  ]) {
    expect(rows).toMatch(wanted);
  }
});

test('logs are shown from their end and scroll back', () => {
  const logs = Array.from({ length: 100 }, (_, index) => ({
    at: NOON + index * 1000,
    from: 'server' as const,
    server: 'github',
    level: 'info' as const,
    text: `line ${index}`,
  }));
  const { rows, reach } = renderScreen(
    screenFacts({ pane: 'logs' }, { logs }),
    { columns: 80, rows: 24 },
    plain,
  );
  const scrolled = text(screenFacts({ pane: 'logs', scrolled: 20 }, { logs }), 80, 24);

  expect(rows.at(-2)).toMatch(/line 99$/);
  expect(rows.join('\n')).toContain('Esc closes');
  expect(reach).toBeGreaterThan(50);
  expect(scrolled).toMatch(/20 more lines below ──.*line 79\n/s);
  expect(text(screenFacts({ pane: 'logs' }), 80, 24)).toContain('github has written nothing yet');
});

test('what servers say cannot move the cursor', () => {
  const evil = '\u001b[2J\u001b]0;title\u0007bad\u0007\u202e';
  const server = observedServer(`x${evil}`, {
    state: 'failed',
    reason: { code: 'X', message: `why ${evil}`, hint: evil },
  });
  const logs = [
    { at: NOON, from: 'server', server: server.name, level: 'info', text: `said ${evil}` },
  ] as const;
  const changes = [{ at: '2026-11-30T12:00:00Z', server: server.name, what: 'failed' }];
  const facts = {
    observation: observation(0, [server]),
    logs,
    changes,
    notice: { text: evil, tone: 'bad' as const },
  };
  for (const pane of [undefined, 'details', 'logs'] as const) {
    const drawn = text(screenFacts({ selected: server.name, pane }, facts), 80, 24);
    expect(drawn).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(drawn).toContain('bad');
  }
});

test('a question names what would be restarted, and a pause is plain to see', () => {
  const last = (view: object): string | undefined => rowsOf(screenFacts(view), 80, 24).at(-1);

  expect(last({ asked: 'postgres' })).toBe('Restart postgres in 2 processes that run it?  y yes  n no');
  expect(last({ asked: 'github' })).toBe('Restart github in the process that runs it?  y yes  n no');
  expect(last({ asked: 'memory' })).toBe('Nobody runs memory. Try it anew?  y yes  n no');
  const paused = text(screenFacts({}, { isPaused: true }), 100, 24);
  expect(paused).toMatch(/‖ paused/);
  expect(paused).toContain('p resume');
});

test('before the first look, and without servers, the screen says so', () => {
  expect(text(screenFacts({}, { observation: undefined }), 80, 24)).toContain('for the first time');
  expect(text(screenFacts({}, { observation: observation(0, []) }), 80, 24)).toContain('mcpctl add <name>');
});

test('what concerns all servers stands below the summary, trouble first', () => {
  const warned = observation(0, SCREEN_SERVERS, { warnings: [{ code: 'MEMORY', message: 'Much memory.' }] });
  const told = [
    { text: 'metrics at http://127.0.0.1:9478/metrics', isTrouble: false },
    { text: '2 alerts fire: mcpctl alerts list', isTrouble: true },
  ];
  const rows = rowsOf(screenFacts({}, { observation: warned, told }), 120, 24);

  expect(rows[1]).toBe(
    '▲ Much memory.   ▲ 2 alerts fire: mcpctl alerts list   metrics at http://127.0.0.1:9478/metrics',
  );
  expect(rowsOf(screenFacts(), 120, 24)[1]).toBe('');
});
