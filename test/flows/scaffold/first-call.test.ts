import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyHome, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { judge, NEXT_SUITE, SUITE, type Verdicts } from '../../support/conformance.ts';
import { addressOf, linkPackages, NPM_CACHE } from '../../support/new-server.ts';
import { realClient } from '../../support/real-client.ts';
import { runIn } from '../../support/template-packages.ts';

/** Milliseconds; npm, the compiler and the suites take their time on a busy machine. */
const DEADLINE = 600_000;

test('three commands from nothing to Claude Code', { timeout: DEADLINE }, async () => {
  const client = await realClient('claude-code');
  const home = await emptyHome({ npm_config_cache: NPM_CACHE, npm_config_prefer_offline: 'true' });
  const deadline = DEADLINE;

  const made = await mcpctl(['new-server', 'my-server', '--yes', '--install'], { ...home, deadline });
  expect(made.stderr).not.toContain('error');
  expect(made.stdout).toContain('47 files, installed, built and tested');
  const added = await mcpctl(['add', './my-server', '--yes', '--client', 'claude-code'], {
    ...home,
    deadline,
  });
  expect(added.stdout).toContain('2 tools: convert_length, list_units');
  const { stdout } = await promisify(execFile)(client, ['mcp', 'list'], {
    cwd: home.home,
    env: { ...home.env, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
    timeout: 240_000,
  });

  expect(stdout).toMatch(/^my: .*Connected$/m);
  const call = await mcpctlJson(['call', 'my', 'convert_length', 'value:=1', 'from=mi', 'to=km'], home);
  expect(call.document.data).toMatchObject({ structuredContent: { value: 1.609, unit: 'km' } });
});

let url = '';
let stop: () => Promise<void>;

/** One new server over HTTP on a free port, for all suites. */
beforeAll(async () => {
  const parent = await mkdtemp(join(tmpdir(), 'mcpctl-new-'));
  const env = { HOME: parent, PATH: process.env.PATH ?? '' };
  const args = ['new-server', 'weather', '--yes', '--transport', 'http', '--auth', 'none'];
  const made = await mcpctl(args, { home: parent, env, deadline: DEADLINE });
  expect(made.status, made.stderr).toBe(0);
  const folder = join(parent, 'weather');
  await linkPackages(folder);
  expect((await runIn(folder, 'npm', ['run', 'build'])).status).toBe(0);
  const child = spawn(process.execPath, ['dist/main.js'], { cwd: folder, env: { ...env, MCP_PORT: '0' } });
  stop = async () => {
    child.kill('SIGTERM');
    const [status] = await once(child, 'close');
    await rm(parent, { recursive: true, force: true, maxRetries: 3 });
    expect(status).toBe(0);
  };
  url = (await addressOf(child)).replace('127.0.0.1', 'localhost');
}, DEADLINE);

afterAll(() => stop());

/** Scenarios that ask nothing of a server's own tools, resources and prompts. */
const OF_EVERY_SERVER = {
  [SUITE]: {
    more: [],
    scenarios: [
      'server-initialize',
      'ping',
      'tools-list',
      'resources-list',
      'prompts-list',
      'dns-rebinding-protection',
    ],
  },
  '2025-11-25': {
    more: ['--requirements', '2025-11-25'],
    scenarios: [
      'server-initialize',
      'ping',
      'tools-list',
      'resources-list',
      'prompts-list',
      'dns-rebinding-protection',
      'server-session-lifecycle',
    ],
  },
  '2026-07-28': {
    more: ['--requirements', '2026-07-28'],
    scenarios: [
      'server-stateless',
      'caching',
      'tools-list',
      'resources-list',
      'prompts-list',
      'sep-2164-resource-not-found',
      'dns-rebinding-protection',
      'http-header-validation',
      'server-sse-multiple-streams',
      'input-required-result-unsupported-methods',
      'input-required-result-validate-input',
    ],
  },
} as const;

/** Checks of `server-stateless` that need a diagnostic tool of the suite, which only its own fixture has. */
const NEED_A_FIXTURE = [
  'sep-2575-server-rejects-undeclared-capability',
  'sep-2575-missing-capability-http-400',
  'sep-2575-http-server-no-independent-requests-on-stream',
  'sep-2575-server-no-log-without-loglevel',
  'sep-2575-server-sends-prompts-list-changed-on-subscription',
  'sep-2575-server-sends-tools-list-changed-on-subscription',
];

test.each(Object.entries(OF_EVERY_SERVER))(
  'a new server passes what the public suite asks of every server: %s',
  { timeout: DEADLINE },
  async (revision, { more, scenarios }) => {
    const verdicts = await judge(url, revision === SUITE ? SUITE : NEXT_SUITE, ...more);

    const seen = new Set(Object.keys(verdicts).map((check) => check.split(' ')[0]));
    expect([...seen]).toEqual(expect.arrayContaining([...scenarios]));
    expect(lost(verdicts, scenarios)).toEqual({});
  },
);

test('test-server --conformance comes to the same', { timeout: DEADLINE }, async () => {
  const home = await emptyHome({ npm_config_cache: NPM_CACHE, npm_config_prefer_offline: 'true' });
  const args = ['test-server', url, '--only', 'conformance'];

  const { status, document } = await mcpctlJson(args, { ...home, deadline: DEADLINE });

  expect(status, JSON.stringify(document)).toBe(0);
  const judged = document.data.verdicts.map(({ subject }: { subject: string }) => subject);
  expect(judged).toEqual(
    expect.arrayContaining([
      '0.1.16 ping',
      '2025-11-25 server-session-lifecycle',
      '2026-07-28 server-stateless',
    ]),
  );
});

/** Of the named scenarios, and of whatever the suite says of the messages themselves in any. */
function lost(verdicts: Verdicts, scenarios: readonly string[]): Verdicts {
  const counts = ([check, status]: [string, string]): boolean => {
    const [scenario = '', id = ''] = check.split(' ');
    if (['SUCCESS', 'INFO', 'SKIPPED'].includes(status) || NEED_A_FIXTURE.includes(id)) return false;
    return id === 'wire-schema-valid' || scenarios.includes(scenario);
  };
  return Object.fromEntries(Object.entries(verdicts).filter(counts));
}
