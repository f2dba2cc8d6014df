/** Where a server of a registry may come from, in the order of how exactly it can be pinned. */
export const WAY_KINDS = ['npm', 'mcpb', 'pypi', 'oci', 'remote'] as const;
export type WayKind = (typeof WAY_KINDS)[number];

/** The latest version of a server as its registry lists it, cut down to what is searched and shown. */
export interface RefreshedRow {
  /** Full name, such as `io.github.owner/server`. */
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly version: string;
  readonly status: 'active' | 'deprecated';
  readonly statusMessage?: string;
  /** Full name of what to take instead. */
  readonly replacement?: string;
  /** ISO 8601. */
  readonly updatedAt?: string;
  readonly repository?: string;
  /** Packages and addresses that can be added; at least one, the best first. */
  readonly ways: readonly (readonly [kind: WayKind, identifier: string])[];
  /** Unknown when absent: it is hosted, and whether it wants a sign-in tells when it is added. */
  readonly auth?: 'none' | 'api-key';
  readonly rating?: readonly [average: number, count: number];
  readonly installs?: number;
}

/** One registry, as it was read. */
export interface RefreshedSource {
  readonly name: string;
  readonly url: string;
  /** False for the public one everybody has. */
  readonly isOwn: boolean;
  /** Patterns of names that come from it alone. */
  readonly namespaces: readonly string[];
  /** When it was asked last and answered, ISO 8601. */
  readonly readAt: string;
  /** When all of it was read. */
  readonly fullAt: string;
  /** What changed from then on is asked for next time; absent where entries have no dates. */
  readonly since?: string;
  /** Tag of the answer to that question. */
  readonly etag?: string;
}

/** A server that is called like one of the catalog, and is found under its full name alone. */
export interface ClaimedName {
  readonly name: string;
  /** Name of its registry. */
  readonly source: string;
  /** Who is known by that name. */
  readonly slug: string;
}

/** Why a server of a registry does not get the name it has there. */
export interface RefusedName {
  readonly name: string;
  /** Name of its registry. */
  readonly source: string;
  readonly reason: 'catalog' | 'pinned' | 'earlier';
  /** Who has the name: a slug of the catalog, or a registry. */
  readonly by: string;
}
