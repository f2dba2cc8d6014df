import { mkdir, readdir, readFile, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ClientAdapter } from '../../src/clients/adapter.ts';
import { clientsNamed } from '../../src/clients/all.ts';
import { type ApplyPorts, applySync } from '../../src/clients/apply.ts';
import { exists } from '../../src/clients/detect.ts';
import { readTargets } from '../../src/clients/files.ts';
import { planSync, type SyncPlan } from '../../src/clients/plan.ts';
import type { SyncRecord } from '../../src/clients/record.ts';
import { findRunning } from '../../src/clients/running.ts';
import { findTargets } from '../../src/clients/targets.ts';
import { temporaryFolder } from '../support/cli.ts';
import { placeOf } from './places.ts';
import { wantedServer } from './planning.ts';

function ports(): ApplyPorts & { record: SyncRecord; saved: string[] } {
  const state = { record: {} as SyncRecord, saved: [] as string[] };
  return Object.assign(state, {
    save: async (path: string) => void state.saved.push(path),
    updateRecord: async (change: (record: SyncRecord) => SyncRecord) => {
      state.record = change(state.record);
    },
  });
}

async function planFor(
  ids: string[],
  home: string,
  running: string[] = [],
  force = false,
): Promise<SyncPlan> {
  const targets = await findTargets({
    clients: clientsNamed(ids),
    scope: 'user',
    place: placeOf('linux', { home }),
    exists,
  });
  return await planSync({
    files: await readTargets(targets),
    wanted: { user: [wantedServer('memory')], project: [] },
    record: {},
    platform: 'linux',
    running: new Set(running),
    force,
  });
}

const cursorFile = (home: string): string => join(home, '.cursor', 'mcp.json');
const OLD = '{ "mcpServers": { "mine": { "command": "x" } } }\n';

async function homeWithCursor(): Promise<string> {
  const home = await temporaryFolder();
  await mkdir(join(home, '.cursor'));
  await writeFile(cursorFile(home), OLD, { mode: 0o644 });
  return home;
}

test('backs up what exists, writes, remembers, and undo brings everything back', async () => {
  const home = await homeWithCursor();
  const machine = ports();
  const applied = await applySync(await planFor(['cursor', 'warp'], home), machine);

  expect(applied.failed).toEqual([]);
  expect(machine.saved).toEqual([cursorFile(home)]);
  expect(Object.keys(machine.record)).toHaveLength(2);
  expect(JSON.parse(await readFile(cursorFile(home), 'utf8')).mcpServers).toHaveProperty('memory');
  expect((await stat(join(home, '.warp', '.mcp.json'))).mode & 0o777).toBe(0o600);

  await applied.undo();
  expect(await readFile(cursorFile(home), 'utf8')).toBe(OLD);
  expect(await exists(join(home, '.warp', '.mcp.json'))).toBe(false);
  expect(machine.record).toEqual({});
});

test('a file someone changed after the plan is not overwritten; the others are written', async () => {
  const home = await homeWithCursor();
  const plan = await planFor(['cursor', 'warp'], home);
  await writeFile(cursorFile(home), '{ "mcpServers": {} }');

  const applied = await applySync(plan, ports());

  expect(applied.failed.map(({ problem }) => problem.code)).toEqual(['FILE_CHANGED']);
  expect(await readFile(cursorFile(home), 'utf8')).toBe('{ "mcpServers": {} }');
  expect(applied.written.map(({ file }) => file.path)).toEqual([join(home, '.warp', '.mcp.json')]);
});

test('a file that cannot be written is reported with the reason and stays', async () => {
  const home = await homeWithCursor();
  const plan = await planFor(['cursor', 'warp'], home);
  await mkdir(join(home, '.warp', '.mcp.json', 'in-the-way'), { recursive: true });

  const applied = await applySync(plan, ports());

  expect(applied.failed.map(({ problem }) => problem.code)).toEqual(['FILE_UNWRITABLE']);
  expect(applied.written).toHaveLength(1);
  expect(await readdir(join(home, '.warp', '.mcp.json'))).toEqual(['in-the-way']);
});

test('a cancelled run puts back what it had written', async () => {
  const home = await homeWithCursor();
  const controller = new AbortController();
  const machine = ports();
  const stopping = { ...machine, save: async () => controller.abort(), signal: controller.signal };

  await expect(applySync(await planFor(['cursor', 'warp'], home), stopping)).rejects.toMatchObject({
    code: 'CANCELLED',
  });

  expect(await readFile(cursorFile(home), 'utf8')).toBe(OLD);
  expect(await exists(join(home, '.warp', '.mcp.json'))).toBe(false);
});

test("waits for Cline's lock folder, takes over a stale one, and leaves none behind", async () => {
  const home = await temporaryFolder();
  const folder = join(home, '.cline', 'data', 'settings');
  const lock = join(folder, 'cline_mcp_settings.json.lock');
  await mkdir(lock, { recursive: true });
  const plan = await planFor(['cline'], home);
  const order: string[] = [];
  const applying = applySync(plan, ports()).then(() => order.push('written'));
  await new Promise((resolve) => setTimeout(resolve, 250));
  order.push('released');
  await rmdir(lock);
  await applying;
  expect(order).toEqual(['released', 'written']);
  expect(await readdir(folder)).toEqual(['cline_mcp_settings.json']);

  await mkdir(lock);
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(lock, longAgo, longAgo);
  await writeFile(join(folder, 'cline_mcp_settings.json'), '{}');
  const applied = await applySync(await planFor(['cline'], home), ports());
  expect(applied.written).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['cline_mcp_settings.json']);
});

test('a running Claude Desktop blocks its file, unless forced; other clients are not asked about', async () => {
  const home = await temporaryFolder();

  const [blocked] = (await planFor(['claude-desktop'], home, ['claude-desktop'])).files;
  expect(blocked).toMatchObject({ isBlocked: true, after: '', problems: [{ code: 'CLIENT_RUNNING' }] });
  expect((await planFor(['claude-desktop'], home, ['claude-desktop'], true)).files[0]?.isBlocked).toBe(false);

  const never = async (): Promise<string[]> => {
    throw new Error('asked');
  };
  expect(await findRunning(clientsNamed(['cursor']), never)).toEqual(new Set());
});

test.each([
  ['/Applications/Claude.app/Contents/MacOS/Claude', true],
  ['/usr/lib/claude-desktop/claude-desktop', true],
  ['/opt/claude-desktop-unofficial/electron', true],
  ['C:\\Program Files\\WindowsApps\\Claude_1.2_x64__pzs8sxrjxfjjc\\app\\Claude.exe', true],
  ['C:\\Users\\ada\\AppData\\Local\\AnthropicClaude\\app-1.0\\claude.exe', true],
  ['C:\\Users\\ada\\.local\\bin\\claude.exe', false],
  ['/home/ada/.local/bin/claude', false],
  ['/usr/bin/node', false],
])('%s is Claude Desktop: %s', async (path, expected) => {
  const [desktop] = clientsNamed(['claude-desktop']) as [ClientAdapter];

  expect((await findRunning([desktop], async () => [path])).has('claude-desktop')).toBe(expected);
});
