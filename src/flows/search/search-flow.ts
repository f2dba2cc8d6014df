import { existsSync } from 'node:fs';
import { closest } from '../../core/closest.ts';
import { McpctlError } from '../../core/errors.ts';
import { catalogFileIn } from '../../marketplace/refresh/catalog-file.ts';
import { describeUse, type LocalUse, readLocalUse, useBonus } from '../usage/local-use.ts';
import { catalogCandidates } from './catalog-candidates.ts';
import type { RegistryCandidates } from './registry-candidates.ts';
import type { Experience, Experiences, SearchFilters, SearchResult } from './search-hit.ts';
import type { SearchData } from './search-index.ts';

export interface SearchOptions {
  /** Folder of caches, where refreshed registries are. */
  readonly cache: string;
  readonly limit: number;
  /** Whether the last word may have just begun; then what begins like it counts. */
  readonly isTyping?: boolean;
}

/** The generated rows and words. */
export async function loadSearchData(): Promise<SearchData> {
  const { default: data } = await import('./search-data.json', { with: { type: 'json' } });
  return data as unknown as SearchData;
}

/**
 * Servers of the catalog and of registries that were read, by name, category, tool or task, best first.
 * @throws USAGE for an unknown category or source
 */
export async function searchCatalog(
  words: string,
  filters: SearchFilters,
  { cache, limit, isTyping = false }: SearchOptions,
): Promise<SearchResult> {
  const data = await loadSearchData();
  refuseUnknownCategory(filters.category, data);
  const registries = await openRegistries(cache);
  try {
    const sources = registries?.sources ?? [];
    refuseUnknownSource(filters.source, ['catalog', ...sources.map(({ name }) => name)]);
    const experiences = experiencesOf(await readLocalUse(cache), registries?.ratings() ?? new Map());
    const { candidates, concepts } = await catalogCandidates(words, filters, { data, experiences, isTyping });
    const others = registries?.find(words, { concepts, filters, limit, experiences, isTyping }) ?? {
      best: [],
      found: 0,
      of: 0,
    };
    const best = [...candidates.best, ...others.best];
    best.sort((one, other) => other.rank - one.rank || one.place - other.place);
    const hits = best.slice(0, limit).flatMap((candidate) => candidate.hit() ?? []);
    const found = candidates.found + others.found;
    return { words, found, of: candidates.of + others.of, hits, registries: sources };
  } finally {
    registries?.close();
  }
}

function experiencesOf(
  uses: ReadonlyMap<string, LocalUse>,
  ratings: ReadonlyMap<string, Experience>,
): Experiences {
  const all = new Map<string, Experience[]>([...ratings].map(([slug, rating]) => [slug, [rating]]));
  for (const [slug, use] of uses) {
    const used = { bonus: useBonus(use), because: describeUse(use) };
    all.set(slug, [...(all.get(slug) ?? []), used]);
  }
  return all;
}

/** Nothing of it is loaded where no registry was read. */
async function openRegistries(cache: string): Promise<RegistryCandidates | undefined> {
  if (!existsSync(catalogFileIn(cache))) return undefined;
  return await (await import('./registry-candidates.ts')).openRegistryCandidates(cache);
}

function refuseUnknownCategory(category: string | undefined, { rows }: SearchData): void {
  if (category === undefined) return;
  const known = [...new Set(rows.map((row) => row.category))].sort();
  if (known.some((each) => each === category)) return;
  const [near] = closest(category, known);
  throw new McpctlError('USAGE', `The catalog has no category ${JSON.stringify(category)}.`, {
    hint: near ? `Did you mean ${near}? All: ${known.join(', ')}` : `One of: ${known.join(', ')}`,
  });
}

function refuseUnknownSource(source: string | undefined, known: readonly string[]): void {
  if (source === undefined || known.includes(source)) return;
  throw new McpctlError('USAGE', `No registry ${JSON.stringify(source)} was read.`, {
    hint: `There is: ${known.join(', ')}. Read those of your settings: mcpctl catalog refresh`,
  });
}
