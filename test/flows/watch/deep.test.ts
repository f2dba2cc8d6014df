import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyHome, type Home, mcpctl, mcpctlJson } from '../../support/cli.ts';
import { startGatewayIn, writeSettings } from '../../support/gateway.ts';
import { modernRequest } from '../../support/gateway-client.ts';
import { fixtureEntry, writeManifest } from '../../support/servers.ts';
import { beginRun, moodIn, startWatch } from '../../support/watching.ts';

const KEY = 'k3y-that-nobody-may-see';
/** What the catalog knows as the harmless call of the server `filesystem`. */
const TOOL = 'list_allowed_directories';

/** A server the catalog knows, which answers every ping, and whose tool does as its mood says. */
async function checkedHome(claims: object = {}, settings: object = {}) {
  const home = await emptyHome({ API_KEY: KEY });
  const mood = moodIn(home);
  await mood.become({});
  const env = { MOOD: mood.file, CHECK: TOOL, CLAIMS: JSON.stringify(claims), API_KEY: '${API_KEY}' };
  await writeManifest(home.home, { subject: fixtureEntry('moody', env) });
  const locked = { source: { type: 'command' }, lockedAt: '2026-01-01T00:00:00.000Z', catalog: 'filesystem' };
  const lock = { lockfileVersion: 1, servers: { subject: locked } };
  await writeFile(join(home.home, '.config/claude/mcpctl-lock.json'), JSON.stringify(lock));
  await writeSettings(home, settings);
  return { ...home, mood };
}

/** Who runs the server, and the state it is in when all is well. */
const RUNNERS: Record<string, { state: string; begin(home: Home): Promise<unknown> }> = {
  'a run': { state: 'healthy', begin: async (home) => await beginRun(home, 'subject') },
  'a gateway': {
    state: 'healthy',
    async begin(home) {
      const { url } = await startGatewayIn(home, ['--no-token']);
      await modernRequest({ url, method: 'tools/call', params: { name: 'subject__pid', arguments: {} } });
    },
  },
  nobody: { state: 'dormant', begin: async () => {} },
};

test.each(Object.keys(RUNNERS))(
  'a server of %s that answers, but whose tool fails, is degraded for --deep alone',
  async (who) => {
    const { state, begin } = RUNNERS[who] as (typeof RUNNERS)[string];
    const home = await checkedHome({ readOnlyHint: true });
    await begin(home);
    const well = await mcpctlJson(['status', '--deep'], home);
    await home.mood.become({ fails: `the key ${KEY} expired` });
    const plain = await mcpctlJson(['status'], home);
    const deep = await mcpctlJson(['status', '--deep'], home);
    const shown = await mcpctl(['status', '--deep'], home);

    expect(well).toMatchObject({ status: 0, document: { data: { servers: [{ state }] } } });
    expect(well.document.data.servers[0].check).toMatchObject({ tool: TOOL, outcome: 'ok' });
    expect(plain).toMatchObject({ status: 0, document: { data: { servers: [{ state }] } } });
    expect(plain.document.data.servers[0].check).toBeUndefined();
    expect(deep.status).toBe(5);
    expect(deep.document.data.servers[0]).toMatchObject({
      state: 'degraded',
      probe: { ok: true },
      restarts: 0,
      check: { tool: TOOL, outcome: 'failed' },
      reason: {
        code: 'SERVER_CALL_FAILED',
        message: expect.stringMatching(
          /^subject answers, but its tool list_allowed_directories fails: the key .* expired$/,
        ),
        hint: `mcpctl call subject ${TOOL}`,
      },
    });
    expect(JSON.stringify(deep.document) + shown.stdout).not.toContain(KEY);
    expect(shown.stdout).toMatch(/server +state +era +probe +check[\s\S]*degraded +legacy +\d+ ms +fails/);
  },
);

test('watch --deep sees a tool fail and work again, and restarts nothing', async () => {
  const home = await checkedHome({}, { watch: { intervalMs: 1000, deepIntervalMs: 1000 } });
  await beginRun(home, 'subject');
  const watching = startWatch(home, ['--deep']);
  await watching.until('subject', ({ check }) => check?.outcome === 'ok');
  await home.mood.become({ fails: 'out of paper' });
  const failing = await watching.until('subject', ({ state }) => state === 'degraded');
  expect(failing.reason?.code).toBe('SERVER_CALL_FAILED');

  await home.mood.become({});
  const again = await watching.next('subject', ({ state }) => state === 'healthy');
  expect(again).toMatchObject({ restarts: 0, check: { outcome: 'ok' } });
  expect(watching.states('subject')).toEqual(['healthy', 'degraded', 'healthy']);
});

test('by its settings every look is a deep one; what changes something, or policy forbids, is not called', async () => {
  const writing = await checkedHome({ readOnlyHint: false }, { watch: { deep: true } });
  const denied = await checkedHome({}, { watch: { deep: true }, policy: { deny: [`subject/${TOOL}`] } });
  const seen = await Promise.all(
    [writing, denied].map(async (home) => {
      await home.mood.become({ fails: 'it was called' });
      return await mcpctlJson(['status'], home);
    }),
  );
  const asked = await mcpctl(['status', '--deep'], writing);

  const [first, second] = seen.map(({ document }) => document.data.servers[0]);
  expect(seen.map(({ status }) => status)).toEqual([0, 0]);
  expect(first.check).toMatchObject({
    outcome: 'refused',
    message: 'The tool says that it changes something.',
  });
  expect(second.check).toBeUndefined();
  expect(asked.stderr).toBe('No harmless call was made of subject: none is known, or it must not be made.\n');
});
