import { isRecord, type JsonObject } from '../../core/json.ts';
import { LEGACY_VERSIONS, MODERN_VERSION } from '../../mcp/greeting.ts';
import { searchInstructions } from './search/definitions.ts';
import type { Offered } from './view.ts';

/** How the gateway introduces itself. */
export interface Greeting {
  readonly version: string;
  readonly offered: readonly Offered[];
  /** Some servers were not heard of yet: what they can do is offered too. */
  readonly isPartial: boolean;
  /** The client asked for one server. */
  readonly isAlone: boolean;
  /** In search mode: the servers whose tools can be found. */
  readonly searched?: readonly string[] | undefined;
}

export const SERVER_INFO_META = 'io.modelcontextprotocol/serverInfo';

export function serverInfo(version: string): JsonObject {
  return { name: 'mcpctl', title: 'mcpctl gateway', version };
}

export function initializeResult(greeting: Greeting, asked: unknown): JsonObject {
  return {
    protocolVersion: LEGACY_VERSIONS.find((known) => known === asked) ?? LEGACY_VERSIONS[0],
    capabilities: capabilitiesOf(greeting, 'legacy'),
    serverInfo: serverInfo(greeting.version),
    ...instructionsOf(greeting),
  };
}

export function discoverResult(greeting: Greeting): JsonObject {
  return {
    resultType: 'complete',
    supportedVersions: [MODERN_VERSION],
    capabilities: capabilitiesOf(greeting, 'modern'),
    ...instructionsOf(greeting),
    ttlMs: greeting.isPartial ? 0 : DISCOVER_TTL_MS,
    cacheScope: 'private',
    _meta: { [SERVER_INFO_META]: serverInfo(greeting.version) },
  };
}

const DISCOVER_TTL_MS = 60_000;

/** Capabilities of which the gateway passes on what belongs to them. Lists it watches itself. */
const LISTED: Readonly<Record<string, JsonObject>> = {
  tools: { listChanged: true },
  prompts: { listChanged: true },
  resources: { subscribe: true, listChanged: true },
  completions: {},
};

function capabilitiesOf({ offered, isPartial, searched }: Greeting, era: 'legacy' | 'modern'): JsonObject {
  const have = (name: string): boolean =>
    isPartial ||
    (searched !== undefined && name === 'tools') ||
    offered.some(({ offer }) => isRecord(offer.about.capabilities[name]));
  const capabilities: JsonObject = {};
  for (const [name, value] of Object.entries(LISTED)) if (have(name)) capabilities[name] = value;
  // Of modern servers a log level is asked with each request.
  if (have('logging') || (era === 'legacy' && offered.some(({ offer }) => offer.about.era === 'modern'))) {
    capabilities.logging = {};
  }
  return capabilities;
}

/** What servers tell the model about themselves, each under its name. */
function instructionsOf({ offered, isAlone, searched }: Greeting): { instructions?: string } {
  if (searched) return { instructions: searchInstructions(searched) };
  const told = offered.flatMap(({ server, offer }) => {
    const text = offer.about.instructions?.trim();
    return text ? [isAlone ? text : `# ${server}\n\n${text}`] : [];
  });
  return told.length === 0 ? {} : { instructions: told.join('\n\n') };
}
