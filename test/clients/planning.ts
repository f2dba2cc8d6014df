import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseJsonc } from 'jsonc-parser';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { ClientAdapter } from '../../src/clients/adapter.ts';
import type { TargetFile } from '../../src/clients/files.ts';
import { managedEntry } from '../../src/clients/managed.ts';
import { type FilePlan, planSync, type SyncInput, type WantedServer } from '../../src/clients/plan.ts';
import { placeOf } from './places.ts';

export const LAUNCHER = { node: '/opt/node', script: '/opt/mcpctl/bin/mcpctl.js' };

export function wantedServer(name: string): WantedServer {
  const managed = managedEntry({ name, scope: 'user', launcher: LAUNCHER, env: {} });
  return { name, managed, direct: () => managed };
}

/** The user file of a client as if it held `text`; `null` for no file. */
export function fileOf(client: ClientAdapter, text: string | null): TargetFile {
  const path = client.locations(placeOf('linux')).user[0]?.path ?? '';
  const { section, dialect, shape, references } = client;
  const common = { path, scope: 'user' as const, clients: [client], section, dialect, shape, references };
  return { ...common, rivals: [], text: text ?? '', exists: text !== null, sha256: null };
}

/** The plan for one file with the servers `linear` and `memory` wanted. */
export async function planText(
  client: ClientAdapter,
  text: string | null,
  changes: Partial<SyncInput> = {},
): Promise<FilePlan> {
  const { files } = await planSync({
    files: [fileOf(client, text)],
    wanted: { user: ['linear', 'memory'].map(wantedServer), project: [] },
    record: {},
    platform: 'linux',
    ...changes,
  });
  const [plan] = files;
  if (!plan) throw new Error('no plan');
  return plan;
}

const EXTENSIONS = { json: 'json', jsonc: 'json', toml: 'toml', yaml: 'yaml' } as const;

export function fixturePath({ id, dialect }: ClientAdapter, name: 'before' | 'after'): string {
  return fileURLToPath(
    new URL(`../fixtures/clients/${id}/${name}.${EXTENSIONS[dialect.format]}`, import.meta.url),
  );
}

export function fixture(client: ClientAdapter, name: 'before' | 'after'): string {
  return readFileSync(fixturePath(client, name), 'utf8');
}

/** What an independent parser reads. */
export function parse({ dialect }: ClientAdapter, text: string): Record<string, unknown> {
  const bare = text.replace(/^\uFEFF/, '');
  if (dialect.format === 'toml') return parseToml(bare, { integersAsBigInt: 'asNeeded' });
  if (dialect.format === 'yaml') return parseYaml(bare) ?? {};
  return parseJsonc(bare, [], { allowTrailingComma: true }) ?? {};
}

/** The servers of a parsed file. */
export function serversOf(
  { section }: ClientAdapter,
  value: unknown,
): Record<string, Record<string, unknown>> {
  return section.reduce((inner: unknown, key) => (inner as Record<string, unknown>)?.[key], value) as never;
}
