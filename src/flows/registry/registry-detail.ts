import type { Context } from '../../cli/context.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { coversName, REGISTRY_NAME } from '../../core/registry-names.ts';
import { PUBLISHER_META } from '../../marketplace/document.ts';
import { type Provenance, provenanceIn } from '../../marketplace/provenance.ts';
import type { Style } from '../../platform/style.ts';
import { registriesFor } from '../../servers/choose-registry.ts';
import { readSettings } from '../../settings/read.ts';
import { type RefreshedServer, refreshedServer } from '../catalog/refreshed-server.ts';
import { renderSections } from '../servers/server-detail.ts';
import { knownRegistries, openClient } from './known-registries.ts';

/** A server as the registry says that `add` would take it from. */
export interface RegistryDetail {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly version: string;
  readonly registry: string;
  readonly url: string;
  /** Your own registry, or the public one, where anybody may publish. */
  readonly trust: 'own' | 'public';
  /** Slug of the catalog's server that is called like it. */
  readonly claims?: string;
  /** When its registry was read, where it did not answer now; ISO 8601. */
  readonly readAt?: string;
  /** Whether names like it come from there alone. */
  readonly isPinned: boolean;
  readonly status: string;
  readonly statusMessage?: string;
  readonly replacement?: string;
  readonly publishedAt?: string;
  readonly publishedBy?: string;
  readonly owners: readonly string[];
  readonly rating?: { readonly average: number; readonly count: number };
  readonly installs?: number;
  readonly provenance?: Partial<Provenance>;
  /** Kind and identifier of each package, or kind and address of each remote. */
  readonly ways: readonly string[];
}

const OFFLINE: ReadonlySet<string> = new Set([
  'NETWORK_UNREACHABLE',
  'NETWORK_TIMEOUT',
  'REGISTRY_UNREACHABLE',
]);

/**
 * Asks the registries as `add` does, and where one does not answer what was read of it before; undefined for what is
 * no registry name, or a name none has.
 */
export async function registryDetail(name: string, context: Context): Promise<RegistryDetail | undefined> {
  if (!REGISTRY_NAME.test(name)) return undefined;
  const kept = await refreshedServer(name, context.paths.cache);
  try {
    const found = await askedDetail(name, context);
    return found && { ...found, ...(kept?.claims !== undefined && { claims: kept.claims }) };
  } catch (error) {
    if (!kept || !(error instanceof McpctlError) || !OFFLINE.has(error.code)) throw error;
    return keptDetail(kept);
  }
}

function keptDetail({ row, source, claims }: RefreshedServer): RegistryDetail {
  return {
    name: row.name,
    ...(row.title !== undefined && { title: row.title }),
    description: row.description,
    version: row.version,
    registry: source.name,
    url: source.url,
    trust: source.isOwn ? 'own' : 'public',
    ...(claims !== undefined && { claims }),
    readAt: source.readAt,
    isPinned: coversName(source.namespaces, row.name),
    status: row.status,
    ...(row.statusMessage !== undefined && { statusMessage: row.statusMessage }),
    ...(row.replacement !== undefined && { replacement: row.replacement }),
    owners: [],
    ...(row.rating && { rating: { average: row.rating[0], count: row.rating[1] } }),
    ...(row.installs !== undefined && { installs: row.installs }),
    ways: row.ways.map(([kind, identifier]) => `${kind} ${identifier}`),
  };
}

async function askedDetail(name: string, context: Context): Promise<RegistryDetail | undefined> {
  const { settings } = await readSettings(context);
  for (const registry of registriesFor(name, knownRegistries(settings, context))) {
    const client = openClient(registry, settings, context, await registry.token());
    const found = await client.find(name);
    if (!found) continue;
    const { server, official, listing } = found;
    const own = server._meta?.[PUBLISHER_META];
    const provenance = isRecord(own) ? provenanceIn(own) : undefined;
    return {
      name: server.name,
      ...(server.title !== undefined && { title: server.title }),
      description: server.description,
      version: server.version,
      registry: registry.name,
      url: registry.url,
      trust: registry.isOwn ? 'own' : 'public',
      isPinned: coversName(registry.namespaces, name),
      status: official.status ?? 'active',
      ...(official.statusMessage !== undefined && { statusMessage: official.statusMessage }),
      ...(listing.replacement !== undefined && { replacement: listing.replacement }),
      ...(official.publishedAt !== undefined && { publishedAt: official.publishedAt }),
      ...(listing.publishedBy !== undefined && { publishedBy: listing.publishedBy }),
      owners: listing.owners ?? [],
      ...(listing.rating && { rating: listing.rating }),
      ...(listing.installs !== undefined && { installs: listing.installs }),
      ...(provenance && { provenance }),
      ways: [
        ...(server.packages ?? []).map(({ registryType, identifier }) => `${registryType} ${identifier}`),
        ...(server.remotes ?? []).map(({ type, url }) => `${type} ${url}`),
      ],
    };
  }
  return undefined;
}

export function renderRegistryDetail(found: RegistryDetail, style: Style): string {
  const { provenance, rating } = found;
  const instead = found.replacement === undefined ? [] : [`use instead: mcpctl info ${found.replacement}`];
  const made = [
    found.publishedBy === undefined ? '' : `by ${found.publishedBy}`,
    found.publishedAt === undefined ? '' : `on ${found.publishedAt.slice(0, 10)}`,
  ].filter(Boolean);
  const sections: [string, readonly string[]][] = [
    [
      'status',
      found.status === 'active' ? [] : [`${found.status}. ${found.statusMessage ?? ''}`.trim(), ...instead],
    ],
    [
      'from',
      [`${found.registry}, ${found.url}${found.isPinned ? ', and nowhere else' : ''}`, ...trustOf(found)],
    ],
    ['published', made.length > 0 ? [`${found.version} ${made.join(' ')}`] : []],
    ['commit', provenance?.commit === undefined ? [] : [provenance.commit]],
    ['owners', found.owners.length > 0 ? [found.owners.join(', ')] : []],
    ['rating', rating ? [`${rating.average.toFixed(1)} of 5, ${rating.count} in all`] : []],
    ['installs', found.installs ? [String(found.installs)] : []],
    ['runs', found.ways],
    ['add it', [`mcpctl add ${found.name}`]],
  ];
  const plain = sections.map(([name, lines]): [string, readonly string[]] => [name, lines.map(plainLine)]);
  return [
    `${style.bold(plainLine(found.title ?? found.name))} ${plainLine(found.version)}`,
    plainLine(found.description),
    '',
    ...renderSections(plain, style),
  ].join('\n');
}

function trustOf({ trust, claims, readAt }: RegistryDetail): string[] {
  return [
    trust === 'own' ? 'your own registry' : 'the public registry, where anybody may publish',
    ...(claims === undefined
      ? []
      : [`it is called like ${claims}, and is another server: mcpctl info ${claims}`]),
    ...(readAt === undefined ? [] : [`it does not answer; this was read on ${readAt.slice(0, 10)}`]),
  ];
}
