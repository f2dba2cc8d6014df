import { catalogFileIn, FACETS, type StoredRow } from '../../marketplace/refresh/catalog-file.ts';
import { openRefreshedCatalog, type RefreshedCatalog } from '../../marketplace/refresh/open-catalog.ts';
import { readRefreshState } from '../../marketplace/refresh/refresh-state.ts';
import type { RefreshedRow } from '../../marketplace/refresh/row.ts';
import { type Concept, createTextMatcher } from '../../routing/scoring/match-text.ts';
import { NAMED, reasonsOf, roundScore, wordsIn } from './catalog-candidates.ts';
import {
  type Candidate,
  type Candidates,
  LEAST,
  type SearchFilters,
  type SearchHit,
  type SearchResult,
} from './search-hit.ts';
import { riskOf, type SearchRow } from './search-row.ts';

/** Of equals your own registry comes first, and what anybody may publish last. */
const STANDING = { own: 0.08, public: -0.05 };
/** A known name somebody else has. */
const CLAIMS = 0.1;
/** The catalog knows more of the same program. */
const SAME = 0.3;
const DEPRECATED = 0.5;

export interface RegistryCandidates {
  readonly sources: SearchResult['registries'];
  find(words: string, asked: Asked): Candidates;
  close(): void;
}

/** Servers of registries that were read; undefined where none was. */
export async function openRegistryCandidates(cache: string): Promise<RegistryCandidates | undefined> {
  const catalog = openRefreshedCatalog(catalogFileIn(cache));
  if (!catalog) return undefined;
  const state = await readRefreshState(cache);
  return {
    sources: catalog.head.sources.map(({ name, isOwn }) => {
      const readAt = state?.sources.find((source) => source.name === name)?.readAt;
      return { name, isOwn, ...(readAt !== undefined && { readAt }) };
    }),
    find: (words, asked) => find(catalog, words, asked),
    close: () => catalog.close(),
  };
}

interface Asked {
  readonly concepts: readonly Concept[];
  readonly filters: SearchFilters;
  readonly limit: number;
}

function find(catalog: RefreshedCatalog, words: string, { concepts, filters, limit }: Asked): Candidates {
  const { head, index, facets } = catalog;
  const fits = filterOf(filters, head);
  if (!fits) return { best: [], found: 0, of: head.shown };
  const asked = words.trim().toLowerCase();
  const texts = asked === '' ? undefined : createTextMatcher(index).match(concepts);
  const named = asked === '' ? undefined : catalog.find(asked);
  const isOwn = head.sources.map((source) => source.isOwn);
  const scores = new Float64Array(head.shown);
  const ranks = new Float64Array(head.shown);
  const places: number[] = [];
  for (let place = 0; place < head.shown; place += 1) {
    const score = (texts?.[place] ?? 0) + (place === named ? NAMED : 0);
    if (texts && score < LEAST) continue;
    const bits = facets[place] ?? 0;
    if (!fits(bits)) continue;
    scores[place] = score;
    ranks[place] = score + standingOf(bits, isOwn[FACETS.source(bits)] ?? false);
    places.push(place);
  }
  places.sort((one, other) => (ranks[other] ?? 0) - (ranks[one] ?? 0) || one - other);
  const hit = (place: number): SearchHit | undefined => {
    const stored = catalog.row(place);
    const source = head.sources[FACETS.source(facets[place] ?? 0)];
    if (!stored || !source) return undefined;
    const because = texts ? reasonsOf(place === named, wordsIn(place, concepts, index)) : [];
    return hitOf(stored, source, { score: roundScore(scores[place] ?? 0), because });
  };
  const best = places
    .slice(0, limit)
    .map((place): Candidate => ({ rank: ranks[place] ?? 0, place, hit: () => hit(place) }));
  return { best, found: places.length, of: head.shown };
}

/** Undefined where nothing of a registry can fit: they say neither what a server is for nor whether it only reads. */
function filterOf(
  { source, official, readOnly, category, auth, transport }: SearchFilters,
  { sources }: RefreshedCatalog['head'],
): ((bits: number) => boolean) | undefined {
  const registry = source === undefined ? undefined : sources.findIndex(({ name }) => name === source);
  const masks = [auth, transport].flatMap((word) => (word === undefined ? [] : FACETS.maskOf(word)));
  const isOther = category !== undefined && category !== 'other';
  if (official || readOnly || isOther || registry === -1 || masks.includes(0)) return undefined;
  const wanted = masks.reduce((all, mask) => all | mask, 0);
  return (bits) => FACETS.has(bits, wanted) && (registry === undefined || FACETS.source(bits) === registry);
}

function standingOf(bits: number, isOwn: boolean): number {
  return (
    (isOwn ? STANDING.own : STANDING.public) +
    FACETS.ratingBonus(bits) -
    (FACETS.hasClaims(bits) ? CLAIMS : 0) -
    (FACETS.isSame(bits) ? SAME : 0) -
    (FACETS.isDeprecated(bits) ? DEPRECATED : 0)
  );
}

function ratingOf({ rating }: RefreshedRow, source: string): string[] {
  return rating ? [`rated ${rating[0]} of 5 by ${rating[1]} in ${source}`] : [];
}

function hitOf(
  { row, claims, sameAs }: StoredRow,
  { name: source, isOwn }: RefreshedCatalog['head']['sources'][number],
  found: Pick<SearchHit, 'score' | 'because'>,
): SearchHit {
  const instead = row.replacement ?? sameAs;
  const searched: SearchRow = {
    slug: row.name,
    title: row.title ?? row.name,
    description: row.description,
    category: 'other',
    tier: isOwn ? 'own' : 'public',
    status: row.status,
    maintainer: isOwn ? 'own' : 'community',
    auth: row.auth ? [row.auth] : [],
    transports: [...new Set(row.ways.map(([kind]) => kind))],
    readOnly: false,
    tools: 0,
    ...(instead !== undefined && { replacedBy: instead }),
  };
  return {
    ...searched,
    source,
    trust: isOwn ? 'own' : 'public',
    risk: riskOf(searched, claims),
    score: found.score,
    because: [...found.because, ...ratingOf(row, source)],
    ...(sameAs !== undefined && { sameAs }),
  };
}
