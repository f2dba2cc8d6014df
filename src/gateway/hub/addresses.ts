import type { Origin } from './names.ts';

/** URIs under which clients see the resources of several servers, both ways. Of an origin the name is the URI. */
export interface AddressTable {
  shownFor(origin: Origin): string;
  originOf(shown: string): Origin | undefined;
}

const SCHEME = 'mcpctl://';

/**
 * A URI stays as it is at the first server that has it. Where a later one has it too, that one's reads
 * `mcpctl://<server>/<URI>`: the whole URI behind, unchanged, so that templates can be wrapped as well and anybody can
 * undo it.
 */
export function addressTable(origins: Iterable<Origin>): AddressTable {
  const owners = new Map<string, string>();
  for (const { server, name } of origins) if (!owners.has(name)) owners.set(name, server);
  return {
    shownFor({ server, name }) {
      const owner = owners.get(name);
      return owner === undefined || owner === server ? name : wrapped({ server, name });
    },
    originOf(shown) {
      const owner = owners.get(shown);
      return owner === undefined ? unwrapped(shown) : { server: owner, name: shown };
    },
  };
}

function wrapped({ server, name }: Origin): string {
  return `${SCHEME}${encodeURIComponent(server)}/${name}`;
}

function unwrapped(shown: string): Origin | undefined {
  if (!shown.startsWith(SCHEME)) return undefined;
  const end = shown.indexOf('/', SCHEME.length);
  if (end < 0) return undefined;
  try {
    return { server: decodeURIComponent(shown.slice(SCHEME.length, end)), name: shown.slice(end + 1) };
  } catch {
    return undefined;
  }
}
