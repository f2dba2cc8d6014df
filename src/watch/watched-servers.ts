import { serversToRun } from '../manifest/choose.ts';
import { isRemote } from '../manifest/entry.ts';
import { lockPath, readLock } from '../manifest/lock.ts';
import { type ReadManifestsOptions, readManifests } from '../manifest/manifest.ts';
import { fileStamp } from '../platform/file-stamp.ts';
import type { WatchedServer } from './ports.ts';

/**
 * The servers of the manifests in force, as clients would start them; read again only when one of the files is another.
 * What it returns throws what reading throws.
 */
export function createWatchedServers(options: ReadManifestsOptions): () => Promise<readonly WatchedServer[]> {
  let files: readonly string[] = [];
  let seen: string | undefined;
  let servers: readonly WatchedServer[] = [];
  return async () => {
    const state = stateOf(files);
    if (seen !== undefined && state === seen) return servers;
    const { user, project } = await readManifests(options);
    const manifests = [user, ...(project ? [project] : [])];
    // Taken before the locks are read: a change meanwhile is seen the next time.
    files = manifests.flatMap(({ path }) => [path, lockPath(path)]);
    const before = stateOf(files);
    const locks = new Map(
      await Promise.all(manifests.map(async ({ path }) => [path, await readLock(path)] as const)),
    );
    servers = serversToRun(user, project).map((server) => {
      const { name, entry, scope, manifest } = server;
      const locked = locks.get(manifest)?.servers[name];
      const folder = scope === 'project' ? project?.project : user.project;
      return {
        name,
        chosen: { server, ...(folder !== undefined && { project: folder }), notes: [] },
        ...(locked && { locked }),
        profile: isRemote(entry) ? (entry.profile ?? name) : name,
        isRemote: isRemote(entry),
        isDisabled: entry.disabled === true,
        isOurs: scope === 'user',
      };
    });
    seen = before;
    return servers;
  };
}

function stateOf(files: readonly string[]): string {
  return files.map(fileStamp).join('|');
}
