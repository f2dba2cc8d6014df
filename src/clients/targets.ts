import type { Dialect } from '../documents/document.ts';
import type { ClientAdapter, Location, Scope, Shape } from './adapter.ts';
import type { Place } from './place.ts';
import type { References } from './references.ts';

/** One file to bring in line, with every chosen client that reads it. */
export interface Target {
  readonly path: string;
  readonly scope: Scope;
  readonly clients: readonly ClientAdapter[];
  readonly section: readonly string[];
  readonly dialect: Dialect;
  readonly shape: Shape;
  readonly references: References;
  /** Other existing files the client may be reading instead. */
  readonly rivals: readonly string[];
}

export interface TargetOptions {
  readonly clients: readonly ClientAdapter[];
  readonly scope: Scope;
  readonly place: Place;
  readonly exists: (path: string) => Promise<boolean>;
}

/** The file of each client in a scope. Clients that share a file share a target; clients without one are left out. */
export async function findTargets({ clients, scope, place, exists }: TargetOptions): Promise<Target[]> {
  const offered = clients.map((client) => ({ client, locations: client.locations(place)[scope] ?? [] }));
  const certain = new Set(
    offered
      .flatMap(({ locations }) => (locations[0]?.onlyIfPresent ? [] : locations.slice(0, 1)))
      .map(pathOf),
  );
  const targets = new Map<string, Target>();
  for (const { client, locations } of offered) {
    const location = await choose(
      locations,
      async ({ path, onlyIfPresent }) => (onlyIfPresent && certain.has(path)) || (await exists(path)),
    );
    if (!location) continue;
    const rivals: string[] = [];
    for (const path of location.rivals ?? []) if (await exists(path)) rivals.push(path);
    const known = targets.get(location.path);
    targets.set(
      location.path,
      known
        ? { ...known, clients: [...known.clients, client] }
        : toTarget({ client, location, scope, rivals }),
    );
  }
  return [...targets.values()];
}

const pathOf = ({ path }: Location): string => path;

async function choose(
  locations: readonly Location[],
  isThere: (location: Location) => Promise<boolean>,
): Promise<Location | undefined> {
  for (const location of locations) if (await isThere(location)) return location;
  return locations.find(({ onlyIfPresent }) => !onlyIfPresent);
}

function toTarget(from: {
  client: ClientAdapter;
  location: Location;
  scope: Scope;
  rivals: readonly string[];
}): Target {
  const { client, location, scope, rivals } = from;
  return {
    path: location.path,
    scope,
    clients: [client],
    section: location.section ?? client.section,
    dialect: location.dialect ?? client.dialect,
    shape: location.shape ?? client.shape,
    references: location.references ?? client.references,
    rivals,
  };
}
