/** `io.acme/*` (a namespace), `io.acme.*` (those below it), a full name, or `*`. */
export const NAMESPACE_PATTERN = /^(\*|[A-Za-z0-9.-]+(\.\*|\/\*|\/[A-Za-z0-9._-]+))$/;

/** A full name of the registry: `io.github.owner/server`. */
export const REGISTRY_NAME = /^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/;

/** Whether one of the patterns covers a name. Case does not count: `IO.Acme/x` must not slip past `io.acme/*`. */
export function coversName(patterns: readonly string[], name: string): boolean {
  const asked = name.toLowerCase();
  return patterns.some((pattern) => {
    const known = pattern.toLowerCase();
    return known.endsWith('*') ? asked.startsWith(known.slice(0, -1)) : asked === known;
  });
}

/** What registries say of a version, in its `_meta`; by the official shape, which allows no other member. */
export const OFFICIAL_META = 'io.modelcontextprotocol.registry/official';
/** What registries of mcpctl say besides. */
export const LISTING_META = 'mcpctl.registry/listing';
