import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ALERT_RULES, type AlertRuleName } from '../../../src/settings/alert-settings.ts';
import { DEFAULT_SETTINGS } from '../../../src/settings/settings.ts';
import { createHistory } from '../../../src/watch/alerts/history.ts';
import { type RuleView, ruleLimits, type Verdict } from '../../../src/watch/alerts/rule.ts';
import { RULES } from '../../../src/watch/alerts/rules.ts';
import type { Observation, ObservedServer } from '../../../src/watch/observation.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { NOON, observation, observedServer } from '../../support/observations.ts';

const MIB = 1024 * 1024;
const limits = ruleLimits(DEFAULT_SETTINGS);

function viewOf(...observations: Observation[]): RuleView {
  const history = createHistory();
  for (const each of observations) history.add(each);
  return { now: observations.at(-1) ?? observation(0, []), history, limits, due: [] };
}

/** What a rule says about a server that was healthy for 20 minutes before. */
function about(name: AlertRuleName, but: Partial<ObservedServer>): Verdict {
  const rule = RULES.find((each) => each.name === name);
  if (rule?.subject !== 'server') throw new Error(`${name} is not about servers`);
  const server = observedServer('github', but);
  return rule.judge(server, viewOf(observation(0, [observedServer('github')]), observation(900, [server])));
}

function aboutAll(name: AlertRuleName, ...observations: Observation[]): Verdict {
  const rule = RULES.find((each) => each.name === name);
  if (rule?.subject !== 'machine') throw new Error(`${name} is not about the machine`);
  return rule.judge(viewOf(...observations));
}

const busy = { perMinute: 10, errorRatio: 0, p50Ms: 20, p95Ms: 50, rateLimitedPerMinute: 0 };
const at = (seconds: number): string => new Date(NOON + seconds * 1000).toISOString();

test('there is a rule of each name, once', () => {
  expect(RULES.map(({ name }) => name)).toEqual([...ALERT_RULES]);
});

test('a healthy server that is used is no case for any rule', () => {
  const well = {
    calls: busy,
    cacheHitRatio: 0.9,
    probe: { at: at(890), ok: true, ms: 12 },
    nextProbeAt: at(920),
  };
  const servers = RULES.filter(({ subject }) => subject === 'server').map(({ name }) => about(name, well));
  const all = RULES.filter(({ subject }) => subject === 'machine').map(({ name }) =>
    aboutAll(
      name,
      observation(0, [observedServer('github')]),
      observation(900, [observedServer('github', well)]),
    ),
  );

  expect([...servers, ...all].map(({ holds }) => holds)).toEqual(
    Array(servers.length + all.length).fill(false),
  );
});

const cases: [AlertRuleName, Partial<ObservedServer>, string][] = [
  [
    'server-down',
    { state: 'failed', reason: { code: 'SERVER_EXITED', message: 'It ended with 1.' } },
    'It ended with 1.',
  ],
  ['server-down', { state: 'starting' }, 'It is starting.'],
  ['server-down', { state: 'degraded', reason: { code: 'SERVER_TIMEOUT', message: 'Silent.' } }, 'Silent.'],
  ['server-down', { state: 'degraded', reason: { code: 'PROCESS_NOT_RUNNING', message: 'Gone.' } }, 'Gone.'],
  ['restart-loop', { restarts: 4 }, '4 restarts in ten minutes.'],
  [
    'restart-loop',
    { state: 'failed', reason: { code: 'SERVER_CRASH_LOOP', message: 'Left stopped.' } },
    'Left stopped.',
  ],
  [
    'needs-sign-in',
    { state: 'needs-auth', reason: { code: 'SIGN_IN_NEEDED', message: 'It expired.' } },
    'It expired.',
  ],
  ['tool-drift', { tools: { offered: 3, locked: 3, changed: ['search'] } }, 'Not what was locked: search.'],
  ['error-ratio', { calls: { ...busy, errorRatio: 0.2 } }, '20 % of 50 calls fail; the limit is 5 %.'],
  ['latency', { calls: { ...busy, p95Ms: 7200 } }, 'Of 50 calls 5 in 100 take over 7.2 s; the limit is 5 s.'],
  ['latency', { state: 'degraded', reason: { code: 'SERVER_SLOW', message: 'Slow.' } }, 'Slow.'],
  [
    'check-failed',
    { state: 'degraded', reason: { code: 'SERVER_CALL_FAILED', message: 'Its tool fails.' } },
    'Its tool fails.',
  ],
  [
    'rate-limited',
    { calls: { ...busy, rateLimitedPerMinute: 3 } },
    '3 calls a minute are refused by a limit.',
  ],
  ['memory', { rssBytes: 700 * MIB }, 'It uses 700 MiB; the limit is 500 MiB.'],
  [
    'probe-stale',
    { probe: { at: at(600), ok: true, ms: 5 }, nextProbeAt: at(630) },
    'A probe was due 270 s ago.',
  ],
  [
    'cache-misses',
    { calls: busy, cacheHitRatio: 0.5 },
    '50 % of answers come from the cache; the limit is 80 %.',
  ],
];

test.each(cases)('%s holds for %j', (name, but, detail) => {
  expect(about(name, but)).toEqual({ holds: true, detail });
});

const harmless: [AlertRuleName, string, Partial<ObservedServer>][] = [
  ['server-down', 'a server that wants a sign-in', { state: 'needs-auth' }],
  ['server-down', 'a server stopped on purpose', { state: 'stopped' }],
  ['server-down', 'a server nobody needs', { state: 'dormant' }],
  [
    'server-down',
    'a server that answers slowly',
    { state: 'degraded', reason: { code: 'SERVER_SLOW', message: '' } },
  ],
  [
    'server-down',
    'a server whose tool fails',
    { state: 'degraded', reason: { code: 'SERVER_CALL_FAILED', message: '' } },
  ],
  ['restart-loop', 'three restarts', { restarts: 3 }],
  ['error-ratio', 'the only call that failed', { calls: { ...busy, perMinute: 0.2, errorRatio: 1 } }],
  ['latency', 'two slow calls', { calls: { ...busy, perMinute: 0.4, p95Ms: 9000 } }],
  ['memory', 'a server that runs elsewhere', { rssBytes: null }],
  ['probe-stale', 'a server nobody probes', { probe: { at: at(0), ok: true, ms: 5 } }],
];

test.each(harmless)('%s leaves out %s', (name, _, but) => {
  expect(about(name, but)).toEqual({ holds: false });
});

test('restart-loop cannot tell while it has not looked for ten minutes', () => {
  const rule = RULES.find(({ name }) => name === 'restart-loop');
  const server = observedServer('github');
  const view = viewOf(observation(0, [server]), observation(60, [server]));

  expect(rule?.subject === 'server' && rule.judge(server, view)).toEqual({
    holds: undefined,
    since: NOON,
  });
});

test('audit-failure holds for five minutes after a call could not be recorded', () => {
  const before = [observation(0, []), observation(400, []), observation(500, [], { auditFailures: 2 })];

  expect(aboutAll('audit-failure', ...before)).toEqual({ holds: true, detail: '2 in five minutes.' });
  expect(aboutAll('audit-failure', ...before, observation(801, [], { auditFailures: 2 }))).toEqual({
    holds: false,
  });
});

test('sign-in-failures counts renewals of the last quarter of an hour', () => {
  const seen = (seconds: number, succeeded: number, failed: number): Observation =>
    observation(seconds, [], { signIns: { succeeded, failed } });

  expect(aboutAll('sign-in-failures', seen(0, 10, 0), seen(900, 18, 2))).toEqual({
    holds: true,
    detail: '2 of 10 in 15 minutes, which is 20 %.',
  });
  expect(aboutAll('sign-in-failures', seen(0, 10, 0), seen(900, 19, 1))).toEqual({ holds: false });
});

test('memory-total adds up all servers', () => {
  const servers = Array.from({ length: 8 }, (_, index) =>
    observedServer(`s${index}`, { rssBytes: 400 * MIB }),
  );

  expect(aboutAll('memory-total', observation(0, servers))).toEqual({
    holds: true,
    detail: 'They use 3200 MiB; the limit is 3072 MiB.',
  });
});

test('secret-due tells a week before, or later when told so', () => {
  const rule = RULES.find(({ name }) => name === 'secret-due');
  const judge = (daysLeft: number, tellFrom = Number.NEGATIVE_INFINITY): Verdict | undefined => {
    if (rule?.subject !== 'secret') return undefined;
    const due = { name: 'GITHUB_TOKEN', endsAt: NOON + daysLeft * 86_400_000, tellFrom };
    return rule.judge(due, viewOf(observation(0, [])));
  };

  expect(judge(8)).toEqual({ holds: false });
  expect(judge(6)).toEqual({ holds: true, detail: 'It ends on 2026-12-06.' });
  expect(judge(-1)).toEqual({ holds: true, detail: 'It ended on 2026-11-29.' });
  expect(judge(6, NOON + 1)).toEqual({ holds: false });
});

test('Prometheus takes each expression', async () => {
  const rules = RULES.flatMap(({ name, forSeconds, promql }) =>
    promql ? { alert: name, expr: promql(limits), for: `${forSeconds}s` } : [],
  );
  const file = join(await temporaryFolder(), 'rules.yml');
  await writeFile(file, JSON.stringify({ groups: [{ name: 'mcpctl', rules }] }));

  const { stdout } = await promisify(execFile)('promtool', ['check', 'rules', file]);

  expect(stdout).toContain(`${rules.length} rules found`);
});
