import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { judge, NEXT_SUITE, SUITE, type Verdicts } from '../../support/conformance.ts';
import { addressOf, NPM_CACHE } from '../../support/new-server.ts';
import { realClient } from '../../support/real-client.ts';
import { endsWell } from '../../support/used-server.ts';

/** Milliseconds; npm, the compiler and the suites take their time on a busy machine. */
const DEADLINE = 600_000;

let home: Home;

/** One new server for all: made and installed as a user does it, from an empty HOME. */
beforeAll(async () => {
  const parent = await realpath(await mkdtemp(join(tmpdir(), 'mcpctl-new-')));
  const npm = { npm_config_cache: NPM_CACHE, npm_config_prefer_offline: 'true' };
  home = { home: parent, env: { HOME: parent, PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...npm } };
  const words = ['new-server', 'my-server', '--yes', '--install'];
  const made = await mcpctl(words, { ...home, deadline: DEADLINE });
  expect(made.stdout, made.stderr).toContain('47 files, installed, built and tested');
}, DEADLINE);

afterAll(() => rm(home.home, { recursive: true, force: true, maxRetries: 3 }));

const MILE = ['convert_length', 'value:=1', 'from=mi', 'to=km'];

test('three commands from nothing to Claude Code', { timeout: DEADLINE }, async () => {
  const client = await realClient('claude-code');

  const words = ['add', './my-server', '--yes', '--client', 'claude-code'];
  const added = await mcpctl(words, { ...home, deadline: DEADLINE });
  expect(added.stdout, added.stderr).toContain('2 tools: convert_length, list_units');
  const { stdout } = await promisify(execFile)(client, ['mcp', 'list'], {
    cwd: home.home,
    env: { ...home.env, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
    timeout: 240_000,
  });

  expect(stdout).toMatch(/^my: .*Connected$/m);
  const call = await mcpctlJson(['call', 'my', ...MILE], home);
  expect(call.document.data).toMatchObject({ structuredContent: { value: 1.609, unit: 'km' } });
});

test('its bundle has what it needs to run, and works on another machine', { timeout: DEADLINE }, async () => {
  const other = await emptyHome();
  const bundle = join(other.home, 'my.mcpb');
  const packed = await mcpctlJson(['pack', './my-server', '--no-build', '--out', bundle], {
    ...home,
    deadline: DEADLINE,
  });
  expect(packed.document, JSON.stringify(packed.document)).toMatchObject({
    ok: true,
    data: { warnings: [] },
  });

  const added = await mcpctl(['add', bundle, '--name', 'packed', '--yes', '--no-sync'], other);
  expect(added.stdout, added.stderr).toContain('2 tools: convert_length, list_units');
  const { document } = await mcpctlJson(['call', 'packed', ...MILE], other);
  expect(document.data, JSON.stringify(document)).toMatchObject({ structuredContent: { value: 1.609 } });

  const names = Object.keys(unzipSync(await readFile(bundle)));
  expect(names).toEqual(expect.arrayContaining(['dist/main.js', 'node_modules/zod/package.json']));
  expect(names.filter((name) => /node_modules\/(typescript|vitest|@biomejs)\//.test(name))).toEqual([]);
});

/** The server over HTTP for a test; its address. */
async function overHttp(): Promise<string> {
  const env = { ...home.env, MCP_PORT: '0' };
  const child = spawn(process.execPath, ['dist/main.js', '--http'], {
    cwd: join(home.home, 'my-server'),
    env,
  });
  onTestFinished(() => endsWell(child));
  return (await addressOf(child)).replace('127.0.0.1', 'localhost');
}

/** Scenarios that ask nothing of a server's own tools, resources and prompts. */
const OF_EVERY_SERVER = {
  '0.1.16': {
    suite: SUITE,
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
    suite: NEXT_SUITE,
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
    suite: NEXT_SUITE,
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
  async (_, { suite, more, scenarios }) => {
    const verdicts = await judge(await overHttp(), suite, ...more);

    const seen = new Set(Object.keys(verdicts).map((check) => check.split(' ')[0]));
    expect([...seen]).toEqual(expect.arrayContaining([...scenarios]));
    expect(lost(verdicts, scenarios)).toEqual({});
  },
);

test('test-server --conformance comes to the same', { timeout: DEADLINE }, async () => {
  const args = ['test-server', await overHttp(), '--only', 'conformance'];

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
