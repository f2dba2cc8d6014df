import type { Context } from '../../cli/context.ts';
import { readLock } from '../../manifest/lock.ts';
import { readManifests, strayRoots } from '../../manifest/manifest.ts';
import { renderServers, serverRow } from './server-row.ts';

/** Answers with the servers of the manifests in force here, and with the entries that cannot be used. */
export async function listServers({ output, paths, cwd }: Context): Promise<void> {
  const manifests = await readManifests({ paths, cwd });
  for (const { message, hint } of strayRoots(manifests)) output.warn(`${message} See: ${hint}`);
  const files = [manifests.user, ...(manifests.project ? [manifests.project] : [])];
  const locks = new Map(
    await Promise.all(files.map(async ({ path }) => [path, await readLock(path)] as const)),
  );
  const servers = [...manifests.servers.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((server) => serverRow(server, locks.get(server.manifest)?.servers[server.name]));
  const broken = files.flatMap((file) =>
    [...file.broken].map(([name, reason]) => ({ name, scope: file.scope, manifest: file.path, reason })),
  );
  output.result({ servers, broken }, (document, style) => renderServers(document, style, output.width));
}
