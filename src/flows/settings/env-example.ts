import { findInCatalog } from '../../catalog/find.ts';
import type { Context } from '../../cli/context.ts';
import { readLock } from '../../manifest/lock.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import { type NameNote, updateEnvExample } from '../../secrets/env-example.ts';
import { needsOf } from '../../secrets/needs.ts';

/**
 * Adds what the servers of a project's manifest need to its `.env.example`, with what the catalog says about it.
 * Returns the names added.
 */
export async function describeNeeds(manifest: Manifest, { paths, signal }: Context): Promise<string[]> {
  if (manifest.project === undefined) return [];
  const needs = needsOf([...manifest.servers].map(([name, entry]) => ({ name, entry })));
  if (needs.length === 0) return [];
  const { servers } = await readLock(manifest.path);
  const notes = new Map<string, NameNote>();
  for (const name of manifest.servers.keys()) {
    const match = await findInCatalog(servers[name]?.catalog ?? name);
    for (const variable of [...(match?.alternative?.env ?? []), ...(match?.entry.env ?? [])]) {
      if (!notes.has(variable.name)) notes.set(variable.name, variable);
    }
  }
  return await updateEnvExample({
    projectFolder: manifest.project,
    locks: paths.locks,
    needs,
    notes,
    signal,
  });
}
