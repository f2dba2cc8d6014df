import type { CatalogIndexRow } from '../../catalog/index-row.ts';
import { coversName } from '../../core/registry-names.ts';
import type { RefreshedRow, RefreshedSource, RefusedName } from './row.ts';

/** What becomes of a server's name. */
export type Verdict =
  | { readonly kind: 'shown'; readonly claims?: string; readonly sameAs?: string }
  /** The catalog has this very server: its facts stay, the registry adds version and ratings. */
  | { readonly kind: 'merged'; readonly slug: string }
  | { readonly kind: 'refused'; readonly refused: RefusedName };

/** A server of a registry, and which one. */
export interface Listed {
  readonly row: RefreshedRow;
  readonly source: RefreshedSource;
}

/**
 * Judges servers in the order of their registries: a name the catalog has is the catalog's, one that is pinned comes
 * from its registry alone, and of two registries the earlier has it. A title or last part that is a known name does
 * not make the server it (`claims`: slug of who has it); the same package or address is the same program (`sameAs`).
 */
export function createNameJudge(
  catalog: readonly CatalogIndexRow[],
  sources: readonly RefreshedSource[],
): (listed: Listed) => Verdict {
  const byName = new Map<string, string>();
  const taken = new Map<string, string>();
  const known = new Map<string, string>();
  const programs = new Map<string, string>();
  for (const { slug, name, title, aliases, packages } of catalog) {
    if (name.includes('/')) byName.set(name.toLowerCase(), slug);
    for (const each of packages) programs.set(each.toLowerCase(), slug);
    for (const each of [slug, ...aliases, ...packages]) first(taken, each.toLowerCase(), slug);
    for (const each of [slug, title, ...aliases]) first(known, plainName(each), slug);
  }
  known.delete('');
  const given = new Map<string, string>();
  return ({ row, source }) => {
    const name = row.name.toLowerCase();
    const refused = (reason: RefusedName['reason'], by: string): Verdict => ({
      kind: 'refused',
      refused: { name: row.name, source: source.name, reason, by },
    });
    const pinned = sources.filter(({ namespaces }) => coversName(namespaces, name));
    const [pinnedTo] = pinned;
    if (pinnedTo && !pinned.includes(source)) return refused('pinned', pinnedTo.name);
    const holder = given.get(name);
    if (holder !== undefined) return refused('earlier', holder);
    given.set(name, source.name);
    const own = byName.get(name);
    if (own !== undefined) return { kind: 'merged', slug: own };
    const other = taken.get(name);
    if (other !== undefined) return refused('catalog', other);
    const claims = known.get(plainName(row.title ?? '')) ?? known.get(plainName(lastPart(row.name)));
    const sameAs = row.ways
      .map(([, identifier]) => programs.get(identifier.toLowerCase()))
      .find((slug) => slug !== undefined);
    return {
      kind: 'shown',
      ...(claims !== undefined && { claims }),
      ...(sameAs !== undefined && { sameAs }),
    };
  };
}

function first(map: Map<string, string>, key: string, slug: string): void {
  if (!map.has(key)) map.set(key, slug);
}

export function lastPart(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}

/** `github` of `GitHub MCP Server` and `github-mcp`: what people take for the same name. */
export function plainName(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== 'mcp' && word !== 'server' && word !== 'official' && word !== 'the')
    .join('');
}
