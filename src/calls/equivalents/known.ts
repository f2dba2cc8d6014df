import type { FallbackTool, StandInSettings } from '../../settings/call-settings.ts';
import data from './known.json' with { type: 'json' };
import { knowsItsOwnAlone } from './translate.ts';

/** Tools of well-known servers that answer the same questions. */
export interface KnownCapability {
  readonly title: string;
  readonly about: string;
  /** False: nobody's own word that a tool of it reads is replaced by ours. */
  readonly reads: boolean;
  /** What is left to a client when none of them answers. */
  readonly lastResort?: string;
  /** Best first; servers by their names in the catalog. */
  readonly tools: readonly FallbackTool[];
}

// The data is checked against the schema of the settings by the tests, not at each start.
export const KNOWN_CAPABILITIES = data as unknown as Readonly<Record<string, KnownCapability>>;

/** A tool that may stand in for others of its capability. */
export interface StandInTool extends FallbackTool {
  /** It reads, as far as we know, where its server says nothing. */
  readonly isKnownToRead?: boolean;
}

export interface Capability {
  readonly name: string;
  readonly lastResort?: string;
  readonly tools: readonly StandInTool[];
}

/** A server that is here, and what the catalog calls it. */
export interface CatalogServer {
  readonly name: string;
  readonly catalog?: string | undefined;
}

/** What of the known capabilities the servers here have, as the settings want it; own declarations take their place. */
export function capabilitiesHere(
  servers: readonly CatalogServer[],
  { capabilities, given }: StandInSettings,
  declared: readonly string[],
): readonly Capability[] {
  return capabilities.flatMap((name) => {
    const known = Object.hasOwn(KNOWN_CAPABILITIES, name) ? KNOWN_CAPABILITIES[name] : undefined;
    if (!known || declared.includes(name)) return [];
    const { lastResort, reads } = known;
    const tools = known.tools.flatMap((tool) =>
      servers
        .filter((server) => (server.catalog ?? server.name) === tool.server)
        .map((server): StandInTool => {
          const constants = { ...tool.constants, ...given[`${server.name}/${tool.tool}`] };
          const isKnownToRead = reads;
          return { ...tool, server: server.name, constants, isKnownToRead };
        }),
    );
    return [{ name, ...(lastResort !== undefined && { lastResort }), tools }];
  });
}

/** The tools that are asked when one cannot be called, best first. */
export function standInsOf(
  { server, tool }: Pick<FallbackTool, 'server' | 'tool'>,
  capabilities: readonly Pick<Capability, 'tools'>[],
): readonly FallbackTool[] {
  const isOwn = (one: FallbackTool): boolean => one.server === server && one.tool === tool;
  const others = capabilities
    .filter(({ tools }) => tools.some(isOwn))
    .flatMap(({ tools }) => tools.filter((one) => !isOwn(one) && !knowsItsOwnAlone(one)));
  return [...new Map(others.map((one) => [`${one.server}/${one.tool}`, one])).values()];
}
