import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import type { Manifest, Manifests } from '../manifest/manifest.ts';
import type { Scope } from '../manifest/scopes.ts';
import type { Paths } from '../platform/paths.ts';
import { needsOf } from '../secrets/needs.ts';
import { removeIfEmpty } from './staging.ts';

export interface Removal {
  readonly name: string;
  readonly scope: Scope;
  /** Absolute path of the manifest that loses the entry. */
  readonly manifest: string;
  /** Installed versions; undefined when another manifest's server of that name still runs from there. */
  readonly folder?: string;
  readonly logs: readonly string[];
  /** Names of secrets that no other server refers to. */
  readonly secrets: readonly string[];
}

export interface RemovalOptions {
  readonly names: readonly string[];
  readonly manifests: Manifests;
  readonly paths: Pick<Paths, 'servers' | 'logs'>;
  /** The manifest to remove from; where the server that runs comes from when absent. */
  readonly scope?: Scope;
}

/**
 * What belongs to the named servers and to nobody else. Changes nothing.
 * @throws SERVER_UNKNOWN.
 */
export async function planRemoval({ names, manifests, paths, scope }: RemovalOptions): Promise<Removal[]> {
  const removals: Removal[] = [];
  const chosen = names.map((name) => ({ name, manifest: manifestOf(name, manifests, scope) }));
  const isGone = (name: string, manifest: Manifest): boolean =>
    chosen.some((one) => one.name === name && one.manifest === manifest);
  const all = [manifests.user, manifests.project].filter((manifest) => manifest !== undefined);
  const servers = all.flatMap((manifest) =>
    [...manifest.servers].map(([name, entry]) => ({ name, entry, isGone: isGone(name, manifest) })),
  );
  const kept = servers.filter((server) => !server.isGone);
  const stillUsed = new Set(needsOf(kept).map(({ name }) => name));
  for (const { name, manifest } of chosen) {
    const entry = manifest.servers.get(name);
    const needs = entry === undefined ? [] : needsOf([{ name, entry }]);
    removals.push({
      name,
      scope: manifest.scope,
      manifest: manifest.path,
      ...(!kept.some((server) => server.name === name) && { folder: join(paths.servers, name) }),
      logs: await logsOf(name, paths.logs),
      secrets: needs.map((need) => need.name).filter((need) => !stillUsed.has(need)),
    });
  }
  return removals;
}

function manifestOf(name: string, { user, project }: Manifests, scope: Scope | undefined): Manifest {
  const candidates = [project, user].filter((manifest) => manifest && (!scope || manifest.scope === scope));
  const found = candidates.find((manifest) => manifest?.servers.has(name) || manifest?.broken.has(name));
  if (found) return found;
  const known = [...new Set(candidates.flatMap((manifest) => [...(manifest?.servers.keys() ?? [])]))].sort();
  throw new McpctlError('SERVER_UNKNOWN', `There is no server ${JSON.stringify(name)} in your manifest.`, {
    hint: known.length > 0 ? `Known: ${known.join(', ')}.` : 'There are none: mcpctl add <server>',
    data: { server: name, known },
  });
}

async function logsOf(name: string, folder: string): Promise<string[]> {
  try {
    const pattern = new RegExp(`^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\.log(\\.\\d+)?$`);
    return (await readdir(folder)).filter((file) => pattern.test(file)).map((file) => join(folder, file));
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

/** Deletes what a server left on the disk, and the folders above when nothing else is in them. */
export async function removeFiles(
  { folder, logs }: Removal,
  { servers, logs: logFolder }: RemovalOptions['paths'],
): Promise<void> {
  for (const path of logs) await rm(path, { force: true });
  if (logs.length > 0) await removeIfEmpty(logFolder);
  if (folder === undefined) return;
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  await removeIfEmpty(servers);
}
