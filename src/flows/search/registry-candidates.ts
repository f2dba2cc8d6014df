import { catalogFileIn, FACETS, type StoredRow } from '../../marketplace/refresh/catalog-file.ts';
import { openRefreshedCatalog, type RefreshedCatalog } from '../../marketplace/refresh/open-catalog.ts';
import { readRefreshState } from '../../marketplace/refresh/refresh-state.ts';
import type { RefreshedRow } from '../../marketplace/refresh/row.ts';
import { type Concept, createTextMatcher } from '../../routing/scoring/match-text.ts';
import { begun, bonusOf, NAMED, reasonsOf, roundScore, wordsIn } from './catalog-candidates.ts';
import {
  type Candidate,
  type Candidates,
  type Experience,
  type Experiences,
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
  /** What your own registries say of servers the catalog has, by their slugs. */
  ratings(): ReadonlyMap<string, Experience>;
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
    ratings: () => ratingsIn(catalog),
    find: (words, asked) => find(catalog, words, asked),
    close: () => catalog.close(),
  };
}

function ratingsIn(catalog: RefreshedCatalog): Map<string, Experience> {
  const { head, facets } = catalog;
  const ratings = new Map<string, Experience>();
  for (const [slug, place] of Object.entries(head.merged)) {
    const bonus = FACETS.ratingBonus(facets[place] ?? 0);
    const source = head.sources[FACETS.source(facets[place] ?? 0)]?.name ?? '';
    const [because] = bonus === 0 ? [] : ratingOf(catalog.row(place)?.row ?? {}, source);
    if (because !== undefined) ratings.set(slug, { bonus, because });
  }
  return ratings;
}

interface Asked {
  readonly concepts: readonly Concept[];
  readonly filters: SearchFilters;
  readonly limit: number;
  readonly experiences: Experiences;
  readonly isTyping: boolean;
}

function find(catalog: RefreshedCatalog, words: string, options: Asked): Candidates {
  const { filters, limit, experiences } = options;
  const { head, index, facets } = catalog;
  const fits = filterOf(filters, head);
  if (!fits) return { best: [], found: 0, of: head.shown };
  const asked = words.trim().toLowerCase();
  const concepts = options.isTyping ? begun(options.concepts, words, index) : options.concepts;
  const texts = asked === '' ? undefined : createTextMatcher(index).match(concepts);
  const named = asked === '' ? undefined : catalog.find(asked);
  const known = placesOf(experiences, catalog);
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
    ranks[place] =
      score + standingOf(bits, isOwn[FACETS.source(bits)] ?? false) + bonusOf(known.get(place) ?? []);
    places.push(place);
  }
  places.sort((one, other) => (ranks[other] ?? 0) - (ranks[one] ?? 0) || one - other);
  const hit = (place: number): SearchHit | undefined => {
    const stored = catalog.row(place);
    const source = head.sources[FACETS.source(facets[place] ?? 0)];
    if (!stored || !source) return undefined;
    const because = [
      ...(texts ? reasonsOf(place === named, wordsIn(place, concepts, index)) : []),
      ...(known.get(place) ?? []).map((one) => one.because),
    ];
    return hitOf(stored, source, { score: roundScore(scores[place] ?? 0), because });
  };
  const best = places
    .slice(0, limit)
    .map((place): Candidate => ({ rank: ranks[place] ?? 0, place, hit: () => hit(place) }));
  return { best, found: places.length, of: head.shown };
}

/** Of full names alone: a package that is called like a slug is somebody else's. */
function placesOf(
  experiences: Experiences,
  catalog: RefreshedCatalog,
): ReadonlyMap<number, readonly Experience[]> {
  const known = new Map<number, readonly Experience[]>();
  for (const [name, all] of experiences) {
    const place = name.includes('/') ? catalog.find(name) : undefined;
    if (place !== undefined && catalog.row(place)?.row.name === name) known.set(place, all);
  }
  return known;
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

function ratingOf({ rating }: Pick<RefreshedRow, 'rating'>, source: string): string[] {
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
