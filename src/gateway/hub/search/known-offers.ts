import { hashTool, type Tool } from '../../../mcp/tools.ts';
import type { ServedServer } from '../served-server.ts';
import { type Offered, toolOffer } from '../view.ts';

/** Tools of a server as they were listed last, whoever did; undefined when nobody did. */
export type KnownToolsOf = (server: string) => Promise<readonly Tool[] | undefined>;

/**
 * What servers are known to have that no gateway has heard of yet, so that a search need not wait for them. Where tools
 * were locked, only those count that are still the same.
 */
export function createKnownOffers(
  knownToolsOf: KnownToolsOf,
): (served: ServedServer) => Promise<Offered | undefined> {
  const read = new WeakMap<ServedServer, Promise<Offered | undefined>>();
  const offered = async ({ name, here: { locked } }: ServedServer): Promise<Offered | undefined> => {
    const tools = (await knownToolsOf(name)) ?? [];
    const same = tools.filter((tool) => !locked || locked.tools[tool.name] === hashTool(tool));
    return same.length === 0 ? undefined : toolOffer(name, same);
  };
  return (served) => {
    const known = read.get(served) ?? offered(served);
    read.set(served, known);
    return known;
  };
}
