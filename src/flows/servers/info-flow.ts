import { findInCatalog, goneFromCatalog, suggestFromCatalog } from '../../catalog/find.ts';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { serversHere } from '../../gateway/hub/servers-here.ts';
import { knownDefinitions } from '../../gateway/servers/known-definitions.ts';
import { readLock } from '../../manifest/lock.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { refreshedTwin } from '../catalog/refreshed-server.ts';
import { type RegistryDetail, registryDetail } from '../registry/registry-detail.ts';
import { searchCatalog } from '../search/search-flow.ts';
import { type CountedUse, countLocalUse } from '../usage/count-local-use.ts';
import type { LocalUse } from '../usage/local-use.ts';
import { type CatalogDocument, catalogDocument } from './catalog-view.ts';
import { type ServerDetail, serverDetail } from './server-detail.ts';

/** What is known of a name: by the manifest, by the catalog, else by a registry. */
export interface InfoDocument {
  readonly server?: ServerDetail;
  readonly catalog?: CatalogDocument;
  readonly registry?: RegistryDetail;
  /** How it did here. */
  readonly use?: LocalUse;
}

/** @throws CATALOG_UNKNOWN, and what asking a registry throws. */
export async function infoFlow(
  name: string,
  options: { readonly catalog?: boolean },
  context: Context,
): Promise<InfoDocument> {
  const server = options.catalog ? undefined : await installed(name, context);
  const catalog = server ? server.catalog : await inCatalog(name, context.paths.cache);
  const registry = server || catalog ? undefined : await registryDetail(name, context);
  if (!server && !catalog && !registry) throw await unknown(name, context.paths.cache);
  const { byServer, byOrigin } = await usedHere(context);
  const use = server ? byServer.get(name) : byOrigin.get(catalog?.entry.slug ?? registry?.name ?? '');
  return {
    ...(use && { use }),
    ...(server && { server: server.detail }),
    ...(catalog && { catalog }),
    ...(registry && { registry }),
  };
}

/** Settings or a log that cannot be read must not hide what a server is; their own commands tell. */
async function usedHere(context: Context): Promise<CountedUse> {
  try {
    return await countLocalUse(context);
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
    return { byServer: new Map(), byOrigin: new Map() };
  }
}

async function installed(
  name: string,
  { paths, cwd }: Context,
): Promise<{ detail: ServerDetail; catalog: CatalogDocument | undefined } | undefined> {
  const { servers } = await readManifests({ paths, cwd });
  const server = servers.get(name);
  if (!server) return undefined;
  const lock = (await readLock(server.manifest)).servers[name];
  const { servers: here } = await serversHere({ paths, cwd, scope: server.scope, names: [name] });
  const [tools] = await Promise.all(here.map((one) => knownDefinitions(one, paths.cache)));
  const detail = serverDetail(server, lock, tools);
  return {
    detail,
    catalog: lock?.catalog
      ? await inCatalog(lock.catalog, paths.cache)
      : await ofSamePackage(detail, paths.cache),
  };
}

/** A hand-written entry is a catalog server when it starts the same package, not when it has the same name. */
async function ofSamePackage(
  { source, url }: ServerDetail,
  cache: string,
): Promise<CatalogDocument | undefined> {
  const [kind, identifier = ''] = source.split(' ');
  const found = await inCatalog(url ?? identifier, cache);
  const ways = found?.entry.alternatives.find(({ id }) => id === found.match.alternative) ?? found?.entry;
  const isSame = ways?.transports.some((way) => way.kind === kind && way.id === found?.match.transport);
  return isSame && found?.match.reason === undefined ? found : undefined;
}

async function inCatalog(asked: string, cache: string): Promise<CatalogDocument | undefined> {
  const match = await findInCatalog(asked);
  return match && catalogDocument(match, asked, await refreshedTwin(match.entry.slug, cache));
}

async function unknown(name: string, cache: string): Promise<McpctlError> {
  const gone = goneFromCatalog(name);
  if (gone)
    return new McpctlError('CATALOG_UNKNOWN', `${name}: ${gone}`, { hint: 'mcpctl add <its address>' });
  const { hits } = await searchCatalog(name, {}, { cache, limit: MOST_NEAR });
  const listed = hits.filter(({ source }) => source !== 'catalog').map(({ slug }) => slug);
  const near = [...(await suggestFromCatalog(name)), ...listed];
  return new McpctlError('CATALOG_UNKNOWN', `Nothing is known of ${JSON.stringify(name)}.`, {
    hint: near.length > 0 ? `Did you mean: mcpctl info ${near.join(', or ')}` : 'mcpctl list --catalog',
    data: { name, suggestions: near },
  });
}

const MOST_NEAR = 3;
