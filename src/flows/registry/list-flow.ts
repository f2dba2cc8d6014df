import type { Context } from '../../cli/context.ts';
import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { McpctlError } from '../../core/errors.ts';
import type { ListedServer } from '../../marketplace/client.ts';
import { type KnownRegistry, registriesFor } from '../../servers/choose-registry.ts';
import { readSettings } from '../../settings/read.ts';
import {
  chooseRegistry,
  clientOf,
  knownRegistries,
  openClient,
  type RegistryFlags,
} from './known-registries.ts';

export interface ListFlags extends RegistryFlags {
  readonly limit: string;
}

export interface RegistryRow {
  readonly name: string;
  readonly version: string;
  readonly registry: string;
  readonly status: string;
  readonly description: string;
  readonly owners: readonly string[];
  readonly rating?: { readonly average: number; readonly count: number };
  readonly installs?: number;
  /** Why `add` would not take it from here. */
  readonly hiddenBy?: string;
}

export interface RegistryListing {
  readonly servers: readonly RegistryRow[];
  /** Registries that did not answer. */
  readonly failed: readonly { readonly registry: string; readonly code: string; readonly message: string }[];
}

/** What registries offer: the one that was asked for, else each of the user's own. @throws USAGE, REGISTRY_UNKNOWN. */
export async function listRegistries(
  search: string | undefined,
  flags: ListFlags,
  context: Context,
): Promise<RegistryListing> {
  if (!/^[1-9]\d{0,4}$/.test(flags.limit)) {
    throw new McpctlError('USAGE', `--limit ${flags.limit} is no count.`, { hint: '--limit 50' });
  }
  const { settings } = await readSettings(context);
  const known = knownRegistries(settings, context);
  const asked =
    flags.registry === undefined
      ? known.filter(({ isOwn }) => isOwn)
      : [chooseRegistry(flags, settings, context)];
  if (asked.length === 0) chooseRegistry(flags, settings, context);
  const servers: RegistryRow[] = [];
  const failed: { registry: string; code: string; message: string }[] = [];
  for (const registry of asked) {
    try {
      const client =
        flags.registry === undefined
          ? openClient(registry, settings, context, await registry.token())
          : await clientOf(registry, settings, context);
      const found = await client.list({ most: Number(flags.limit), ...(search !== undefined && { search }) });
      servers.push(
        ...found.map((one) => rowOf(one, registry, winnerOf(one.server.name, { registry, known, servers }))),
      );
    } catch (error) {
      if (!(error instanceof McpctlError) || error.code === 'CANCELLED' || asked.length === 1) throw error;
      failed.push({ registry: registry.name, code: error.code, message: error.message });
    }
  }
  return { servers, failed };
}

interface Rivals {
  readonly registry: KnownRegistry;
  readonly known: readonly KnownRegistry[];
  /** Listed before. */
  readonly servers: readonly RegistryRow[];
}

/** The registry that `add` takes the name from, when it is another one. */
function winnerOf(name: string, { registry, known, servers }: Rivals): string | undefined {
  const mayHave = registriesFor(name, known);
  if (!mayHave.includes(registry)) return mayHave[0]?.name;
  return servers.find((one) => one.name.toLowerCase() === name.toLowerCase())?.registry;
}

function rowOf(
  { server, official, listing }: ListedServer,
  { name: registry }: KnownRegistry,
  hiddenBy: string | undefined,
): RegistryRow {
  return {
    name: server.name,
    version: server.version,
    registry,
    status: official.status ?? 'active',
    description: server.description,
    owners: listing.owners ?? [],
    ...(listing.rating && { rating: listing.rating }),
    ...(listing.installs !== undefined && { installs: listing.installs }),
    ...(hiddenBy !== undefined && { hiddenBy }),
  };
}

export function renderListing({ servers, failed }: RegistryListing, width: number): string {
  if (servers.length === 0 && failed.length === 0) return 'Nothing fits.';
  const rows = servers.map((one) => [
    plainLine(one.name),
    plainLine(one.version),
    one.registry,
    one.rating ? one.rating.average.toFixed(1) : '',
    one.hiddenBy === undefined ? (one.status === 'active' ? '' : one.status) : `hidden by ${one.hiddenBy}`,
    plainLine(one.description),
  ]);
  const head = ['NAME', 'VERSION', 'REGISTRY', 'STARS', 'STATUS', 'DESCRIPTION'];
  return [
    ...(rows.length > 0 ? [table({ head, rows, width })] : []),
    ...failed.map(({ registry, message }) => `${registry} did not answer: ${message}`),
  ].join('\n');
}
