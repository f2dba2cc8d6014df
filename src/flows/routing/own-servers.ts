import { loadCatalogEntry } from '../../catalog/load.ts';
import type { CatalogEntry } from '../../catalog/schema.ts';
import type { Context } from '../../cli/context.ts';
import { serversHere } from '../../gateway/hub/servers-here.ts';
import { offeredTools } from '../../gateway/servers/known-definitions.ts';
import { createKnownTools } from '../../gateway/servers/known-tools.ts';
import { routableTool } from '../../gateway/servers/routable-tool.ts';
import { readLock } from '../../manifest/lock.ts';
import { type ManifestServer, readManifests } from '../../manifest/manifest.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { RoutableServer } from '../../routing/catalogue.ts';

/** A server of the manifests with what is known of its tools. */
export interface OwnServer {
  readonly routable: RoutableServer;
  readonly isRemote: boolean;
  /** Definitions where they are known; the lock alone has names only. */
  readonly tools: readonly Tool[];
  /** Where the tools are from; `nowhere` when nothing was ever listed here. */
  readonly from: 'list' | 'lock' | 'nowhere';
}

/** The user's servers that are not disabled. Nothing is started: what was listed last counts. */
export async function ownServers(context: Context): Promise<OwnServer[]> {
  const { paths, cwd } = context;
  const manifests = await readManifests({ paths, cwd });
  const servers = [...manifests.servers.values()].filter(({ entry }) => entry.disabled !== true);
  const offered = await offeredHere(context);
  const known = createKnownTools(paths.cache);
  const locks = new Map<string, Awaited<ReturnType<typeof readLock>>>();
  for (const manifest of new Set(servers.map((server) => server.manifest))) {
    locks.set(manifest, await readLock(manifest));
  }
  return await Promise.all(
    servers.map(async (server) => {
      const lock = locks.get(server.manifest)?.servers[server.name];
      const tools = offered.get(server.name) ?? (await known.read(server.name)) ?? [];
      const locked = Object.keys(lock?.tools?.tools ?? {});
      const examples = await examplesOf(lock?.catalog);
      return ownServer(server, { tools, locked, catalog: lock?.catalog, examples });
    }),
  );
}

interface Known {
  readonly tools: readonly Tool[];
  readonly locked: readonly string[];
  readonly catalog: string | undefined;
  readonly examples: CatalogEntry['examples'];
}

/** What users ask a server of the catalog for, by tool. */
async function examplesOf(catalog: string | undefined): Promise<CatalogEntry['examples']> {
  // A lock may name a server the catalog of this version does not have.
  const entry = catalog === undefined ? undefined : await loadCatalogEntry(catalog).catch(() => undefined);
  return entry?.examples ?? {};
}

function ownServer({ name, entry }: ManifestServer, { tools, locked, catalog, examples }: Known): OwnServer {
  const from = tools.length > 0 ? 'list' : locked.length > 0 ? 'lock' : 'nowhere';
  const bare = locked.map((tool) => ({ name: tool, description: '', params: [] }));
  return {
    routable: {
      id: name,
      // What it was added as says more of it than a name the user chose.
      title: catalog ?? name,
      description: '',
      category: '',
      tags: [],
      tools: (from === 'list' ? tools.map(routableTool) : bare).map((tool) => ({
        ...tool,
        examples: examples[tool.name] ?? [],
      })),
    },
    isRemote: typeof entry.url === 'string',
    tools,
    from,
  };
}

/** What gateways learned from servers as they are configured now. */
async function offeredHere({ paths, cwd }: Context): Promise<Map<string, readonly Tool[]>> {
  const found = new Map<string, readonly Tool[]>();
  for (const scope of ['user', 'project'] as const) {
    const { servers } = await serversHere({ paths, cwd, scope });
    for (const server of servers) {
      const tools = await offeredTools(server, paths.cache);
      if (tools) found.set(server.name, tools);
    }
  }
  return found;
}
