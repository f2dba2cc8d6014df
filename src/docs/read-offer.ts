import { McpctlError } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { listPages } from '../mcp/list-pages.ts';
import type { Session } from '../mcp/session.ts';
import { listTools } from '../mcp/tools.ts';
import type { ServerDescription } from './server-description.ts';

type Offer = Pick<ServerDescription, 'tools' | 'resources' | 'templates' | 'prompts'>;

/** All lists of a server, each in the order of its names: servers may change theirs from start to start. */
export async function readOffer(
  session: Pick<Session, 'capabilities' | 'request'>,
  server: string,
): Promise<Offer> {
  const { capabilities } = session;
  const list = async (capability: string, method: string, key: string): Promise<JsonObject[]> =>
    capability in capabilities ? await optional(listPages(session, server, { method, key })) : [];
  return {
    tools: sorted(await listTools(session, server), 'name'),
    resources: sorted(await list('resources', 'resources/list', 'resources'), 'uri'),
    templates: sorted(
      await list('resources', 'resources/templates/list', 'resourceTemplates'),
      'uriTemplate',
    ),
    prompts: sorted(await list('prompts', 'prompts/list', 'prompts'), 'name'),
  };
}

/** Servers declare a capability and know only some of its lists. */
async function optional(list: Promise<JsonObject[]>): Promise<JsonObject[]> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof McpctlError && error.code === 'SERVER_ERROR') return [];
    throw error;
  }
}

function sorted<Item extends JsonObject>(items: readonly Item[], key: string): Item[] {
  return [...items].sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
}
