import { expect, test } from 'vitest';
import { clientsNamed } from '../../src/clients/all.ts';
import { findDrift } from '../../src/clients/drift.ts';
import { fingerprint, launchFingerprint } from '../../src/clients/entry.ts';
import { managedEntry } from '../../src/clients/managed.ts';
import type { SyncInput } from '../../src/clients/plan.ts';
import { LAUNCHER, planText, wantedServer } from './planning.ts';

const [cursor] = clientsNamed(['cursor']);

interface Case {
  readonly servers: object;
  /** True when mcpctl remembers having written `memory`. */
  readonly wasWritten?: boolean;
  readonly wanted?: string[];
  readonly existing?: string[];
}

/** Codes doctor would report for Cursor's file. */
async function drift({ servers, wasWritten, wanted = ['memory'], existing = [] }: Case): Promise<string[]> {
  if (!cursor) throw new Error('cursor');
  const entry = managedEntry({ name: 'memory', scope: 'user', launcher: LAUNCHER, env: {} });
  const written = { entry: fingerprint(entry), launch: launchFingerprint(entry) };
  const record: SyncInput['record'] = wasWritten
    ? { '/home/ada/.cursor/mcp.json': { mode: 'managed', servers: { memory: written } } }
    : {};
  const plan = await planText(cursor, JSON.stringify({ mcpServers: servers }), {
    wanted: { user: wanted.map(wantedServer), project: [] },
    record,
  });
  const found = await findDrift({ files: [plan] }, async (path) => existing.includes(path));
  return found.map(({ code }) => code);
}

const ours = (changes: object = {}): object => ({
  memory: { command: LAUNCHER.node, args: [LAUNCHER.script, 'run', 'memory'], ...changes },
});

test('an entry as it should be is no drift, whatever the user set besides', async () => {
  expect(await drift({ servers: ours() })).toEqual([]);
  expect(await drift({ servers: ours({ disabled: true, autoApprove: ['x'] }), wasWritten: true })).toEqual(
    [],
  );
});

test('a wiped entry is told from one that was never written', async () => {
  expect(await drift({ servers: {}, wasWritten: true })).toEqual(['CLIENT_ENTRY_MISSING']);
  expect(await drift({ servers: {} })).toEqual(['CLIENT_ENTRY_UNSYNCED']);
});

test('another Node or mcpctl is drift only when it is gone', async () => {
  const servers = ours({ command: '/nvm/v20/node' });

  expect(await drift({ servers })).toEqual(['CLIENT_ENTRY_STALE']);
  expect(await drift({ servers, existing: ['/nvm/v20/node'] })).toEqual(['CLIENT_ENTRY_STALE']);
  expect(await drift({ servers, existing: ['/nvm/v20/node', LAUNCHER.script] })).toEqual([]);
  const moved = ours({ args: ['/old/bin/mcpctl.js', 'run', 'memory'] });
  expect(await drift({ servers: moved, existing: [LAUNCHER.node] })).toEqual(['CLIENT_ENTRY_STALE']);
});

test('changed variables of an entry are drift', async () => {
  const existing = [LAUNCHER.node, LAUNCHER.script];

  expect(await drift({ servers: ours({ env: { XDG_STATE_HOME: '/x' } }), existing })).toEqual([
    'CLIENT_ENTRY_EDITED',
  ]);
});

test('an entry of ours that now starts something else is reported and not overwritten', async () => {
  expect(await drift({ servers: { memory: { command: 'theirs' } }, wasWritten: true })).toEqual([
    'CLIENT_ENTRY_CONFLICT',
  ]);
});

test('a server the manifest lost is a leftover', async () => {
  expect(await drift({ servers: ours(), wanted: [] })).toEqual(['CLIENT_ENTRY_LEFTOVER']);
});

test('each finding names the command that mends it', async () => {
  if (!cursor) throw new Error('cursor');
  const plan = await planText(cursor, '{}');
  const found = await findDrift({ files: [plan] }, async () => true);

  expect(found).toMatchObject([
    {
      hint: 'mcpctl sync --client cursor',
      clients: ['cursor'],
      path: '/home/ada/.cursor/mcp.json',
      server: 'linear',
    },
    { server: 'memory' },
  ]);
});

test("a user's entry that asks for the project's server is drift", async () => {
  const args = [LAUNCHER.script, 'run', 'memory', '--scope', 'project'];

  expect(await drift({ servers: ours({ args }), existing: [LAUNCHER.node, LAUNCHER.script] })).toEqual([
    'CLIENT_ENTRY_EDITED',
  ]);
});
