import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/canonical-json.ts';
import type { Json } from '../../core/json.ts';
import { type ChosenServer, serversToRun } from '../../manifest/choose.ts';
import type { ServerEntry } from '../../manifest/entry.ts';
import { lockPath, readLock } from '../../manifest/lock.ts';
import type { LockEntry, LockTools } from '../../manifest/lock-schema.ts';
import { type ReadManifestsOptions, readManifest } from '../../manifest/manifest.ts';
import { findProjectManifest, type Scope } from '../../manifest/scopes.ts';
import type { InnerServer } from './inner-server.ts';

/** A server the gateway offers. */
export interface ServerHere {
  readonly name: string;
  /** Its entry; absent for one within this process. */
  readonly chosen?: ChosenServer;
  readonly inner?: InnerServer;
  /** What the catalog calls it, where it was added by that. */
  readonly catalog?: string;
  /** SHA-256 of what decides how it starts: its entry, and its version in the lock. */
  readonly digest: string;
  /** Its tools as they are locked. */
  readonly locked?: LockTools;
}

export interface ServersHere {
  /** In the order of the manifest. */
  readonly servers: readonly ServerHere[];
  /** Files that decide: a change of one of them may change the servers. */
  readonly files: readonly string[];
  /** What is wrong with servers that are not offered. */
  readonly notes: readonly string[];
}

export interface ServersHereOptions extends ReadManifestsOptions {
  /** The project's servers instead of the user's. Never by themselves: a cloned repository must start nothing. */
  readonly scope?: Scope;
  /** Names of those that are offered; all that are not disabled when absent. */
  readonly names?: readonly string[];
}

/** @throws what reading a manifest or a lock throws. */
export async function serversHere(options: ServersHereOptions): Promise<ServersHere> {
  const { paths, cwd, home, scope = 'user', names } = options;
  const project = scope === 'project' ? await findProjectManifest(cwd, home ?? paths.home) : undefined;
  const manifest =
    scope === 'project' && project !== undefined
      ? await readManifest(project, 'project')
      : await readManifest(paths.manifest, 'user');
  const lock = await readLock(manifest.path);
  const wanted = serversToRun(manifest).filter(({ name, entry }) =>
    names ? names.includes(name) : entry.disabled !== true,
  );
  const servers = wanted.map((server) => {
    const { name, entry } = server;
    const chosen = { server, ...(manifest.project && { project: manifest.project }), notes: [] };
    const { tools: locked, catalog } = lock.servers[name] ?? {};
    const digest = instanceOf({ entry, lock: lock.servers[name], manifest: manifest.path });
    return { name, chosen, digest, ...(locked && { locked }), ...(catalog !== undefined && { catalog }) };
  });
  const notes = [...manifest.broken].map(
    ([name, flaw]) => `${name} is not offered: its entry in ${manifest.path} is broken: ${flaw}.`,
  );
  for (const name of names ?? []) {
    if (manifest.servers.has(name) || manifest.broken.has(name)) continue;
    notes.push(`${name} is not offered: there is no such server in ${manifest.path}.`);
  }
  return { servers, files: [manifest.path, lockPath(manifest.path)], notes };
}

/** SHA-256 of what decides how a server starts. */
export function instanceOf({
  entry,
  lock,
  manifest,
}: {
  readonly entry: ServerEntry;
  readonly lock: LockEntry | undefined;
  readonly manifest: string;
}): string {
  const facts = { entry, lock: lock ?? null, manifest };
  return createHash('sha256')
    .update(canonicalJson(facts as unknown as Json))
    .digest('hex');
}
