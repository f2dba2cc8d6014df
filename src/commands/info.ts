import { Command } from 'commander';
import { findInCatalog, goneFromCatalog, suggestFromCatalog } from '../catalog/find.ts';
import type { Context } from '../cli/context.ts';
import { McpctlError } from '../core/errors.ts';
import { refreshedTwin } from '../flows/catalog/refreshed-server.ts';
import {
  type RegistryDetail,
  registryDetail,
  renderRegistryDetail,
} from '../flows/registry/registry-detail.ts';
import { type CatalogDocument, catalogDocument, renderCatalogEntry } from '../flows/servers/catalog-view.ts';
import { renderServerDetail, type ServerDetail, serverDetail } from '../flows/servers/server-detail.ts';
import { countLocalUse } from '../flows/usage/count-local-use.ts';
import { describeUse, type LocalUse } from '../flows/usage/local-use.ts';
import { serversHere } from '../gateway/hub/servers-here.ts';
import { knownDefinitions } from '../gateway/servers/known-definitions.ts';
import { readLock } from '../manifest/lock.ts';
import { readManifests } from '../manifest/manifest.ts';

export function command(context: Context): Command {
  return new Command('info')
    .description('Show what a server is, how it connects, what it needs and how to try it')
    .argument('<name>', 'one of your servers, or a catalog name, alias, package or registry name')
    .option('--catalog', 'what the catalog says of the name, whatever your server of that name is')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: { catalog?: boolean }) => {
      const server = options.catalog ? undefined : await installed(name, context);
      const catalog = server ? server.catalog : await inCatalog(name, context.paths.cache);
      const registry = server || catalog ? undefined : await registryDetail(name, context);
      if (!server && !catalog && !registry) throw await unknown(name);
      const { byServer, byOrigin } = await countLocalUse(context);
      const origin = catalog?.entry.slug ?? registry?.name ?? '';
      const use = server ? byServer.get(name) : byOrigin.get(origin);
      const document: InfoDocument = {
        ...(use && { use }),
        ...(server && { server: server.detail }),
        ...(catalog && { catalog }),
        ...(registry && { registry }),
      };
      context.output.result(document, (answer, style) =>
        [
          ...(answer.server ? [renderServerDetail(answer.server, style)] : []),
          ...(answer.catalog ? [renderCatalogEntry(answer.catalog, style)] : []),
          ...(answer.registry ? [renderRegistryDetail(answer.registry, style)] : []),
          ...(answer.use
            ? [`${describeUse(answer.use)}, in 90 days, as ${answer.use.servers.join(', ')}`]
            : []),
        ].join('\n\n'),
      );
    });
}

interface InfoDocument {
  readonly server?: ServerDetail;
  readonly catalog?: CatalogDocument;
  readonly registry?: RegistryDetail;
  /** How it did here. */
  readonly use?: LocalUse;
}

const EXAMPLES = `
examples:
  mcpctl info linear                    before you add it, and after
  mcpctl info postgres                  which server answers to that name, and why
  mcpctl info @playwright/mcp --json    the whole entry
  mcpctl info io.acme/weather           what your registry says of it`;

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

async function unknown(name: string): Promise<McpctlError> {
  const gone = goneFromCatalog(name);
  if (gone)
    return new McpctlError('CATALOG_UNKNOWN', `${name}: ${gone}`, { hint: 'mcpctl add <its address>' });
  const near = await suggestFromCatalog(name);
  return new McpctlError('CATALOG_UNKNOWN', `Nothing is known of ${JSON.stringify(name)}.`, {
    hint: near.length > 0 ? `Did you mean: mcpctl info ${near.join(', or ')}` : 'mcpctl list --catalog',
    data: { name, suggestions: near },
  });
}
