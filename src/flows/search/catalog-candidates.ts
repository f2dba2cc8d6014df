import type { CatalogEntry } from '../../catalog/schema.ts';
import { type Concept, conceptsOf, createTextMatcher } from '../../routing/scoring/match-text.ts';
import { openTextIndex } from '../../routing/scoring/packed-index.ts';
import type { TextIndex } from '../../routing/scoring/text-index.ts';
import type { Thesaurus } from '../../routing/text/thesaurus.ts';
import { stemOf, wordsOf } from '../../routing/text/words.ts';
import {
  type Candidate,
  type Candidates,
  type Experience,
  type Experiences,
  LEAST,
  type SearchFilters,
  type SearchHit,
} from './search-hit.ts';
import type { SearchData } from './search-index.ts';
import { type CatalogSearchRow, isOver, riskOf } from './search-row.ts';

/** What speaks for a server whatever is asked, so that of equals the better known comes first. */
const STANDING: Readonly<Record<CatalogEntry['tier'], number>> = {
  core: 0.12,
  enterprise: 0.1,
  extended: 0.08,
  listed: 0,
};
const MAINTAINED = 0.04;
export const NAMED = 1;
const TITLED = 0.6;
/** With so much in common nobody has to guess at other words. */
const ENOUGH = 0.4;
const NO_THESAURUS: Thesaurus = { alternatives: () => [], implied: () => new Set() };

export interface CatalogFound {
  readonly candidates: Candidates;
  /** What was asked for, with the words that mean the same where those of the request found too little. */
  readonly concepts: readonly Concept[];
}

export interface CatalogOptions {
  readonly data: SearchData;
  readonly experiences: Experiences;
  /** Whether the last word may have just begun. */
  readonly isTyping: boolean;
}

/** Servers of the catalog that fit. */
export async function catalogCandidates(
  words: string,
  filters: SearchFilters,
  { data, experiences, isTyping }: CatalogOptions,
): Promise<CatalogFound> {
  const { rows } = data;
  const asked = words.trim().toLowerCase();
  const scored = asked === '' ? undefined : await scoresOf(words, data, isTyping);
  const named = data.aliases[asked] ?? data.aliases[asked.replaceAll(/\s+/g, '-')];
  const all = rows.flatMap((row, place): Candidate | [] => {
    if (!fits(row, filters)) return [];
    const isNamed = row.slug === asked || row.slug === named;
    const isTitle = row.title.toLowerCase() === asked;
    const text = scored?.texts[place] ?? 0;
    const score = text + (!scored ? 0 : isNamed ? NAMED : isTitle ? TITLED : 0);
    if (scored && score < LEAST) return [];
    const known = experiences.get(row.slug) ?? [];
    const hit = (): SearchHit => ({
      ...row,
      source: 'catalog',
      trust: row.tier === 'listed' ? 'listed' : 'tested',
      risk: riskOf(row),
      score: roundScore(score),
      because: [
        ...(scored ? reasonsOf(isNamed || isTitle, wordsIn(place, scored.concepts, scored.index)) : []),
        ...known.map(({ because }) => because),
      ],
    });
    return { rank: score + standingOf(row) + bonusOf(known), place: place - rows.length, hit };
  });
  return { candidates: { best: all, found: all.length, of: rows.length }, concepts: scored?.concepts ?? [] };
}

interface Scored {
  readonly concepts: readonly Concept[];
  readonly texts: Float32Array;
  readonly index: TextIndex;
}

async function scoresOf(words: string, { index: packed }: SearchData, isTyping: boolean): Promise<Scored> {
  const index = openTextIndex(packed);
  const matcher = createTextMatcher(index);
  let concepts = conceptsOf(wordsOf(words), NO_THESAURUS);
  let texts = matcher.match(isTyping ? begun(concepts, words, index) : concepts);
  if (Math.max(...texts) < ENOUGH) {
    // Reading it takes a good part of the time of a search, and names don't need it.
    const { createThesaurus } = await import('../../routing/text/thesaurus.ts');
    concepts = conceptsOf(wordsOf(words), createThesaurus());
    texts = matcher.match(isTyping ? begun(concepts, words, index) : concepts);
  }
  return { concepts, texts, index };
}

/** Least letters of a word that has just begun. */
const LEAST_BEGUN = 2;
const MOST_ENDINGS = 30;

/** The concepts of words of which the last may be the beginning of another: it means what the index has of those. */
export function begun(concepts: readonly Concept[], words: string, index: TextIndex): Concept[] {
  const last = wordsOf(words).at(-1) ?? '';
  if (last.length < LEAST_BEGUN || /\s$/.test(words)) return [...concepts];
  const stem = stemOf(last);
  const endings: string[] = [];
  for (const term of index.terms()) {
    if (term !== stem && term.startsWith(last)) endings.push(term);
    if (endings.length === MOST_ENDINGS) break;
  }
  return concepts.map((concept) =>
    concept.term === stem ? { ...concept, alternatives: [...concept.alternatives, ...endings] } : concept,
  );
}

/** The words of a request a document holds, or what it holds in their stead. */
export function wordsIn(place: number, concepts: readonly Concept[], index: TextIndex): string[] {
  const holds = (each: string): boolean => holdsPlace(index.postings(each)?.documents, place);
  return concepts.flatMap(({ term, alternatives }) => {
    const word = [term, ...alternatives].find(holds);
    return word === undefined ? [] : word === term ? term : `${word} (for ${term})`;
  });
}

/** Places stand in their order. */
function holdsPlace(documents: Uint32Array = new Uint32Array(), place: number): boolean {
  let low = 0;
  let high = documents.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((documents[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return documents[low] === place;
}

export function reasonsOf(isNamed: boolean, found: readonly string[]): string[] {
  return [...(isNamed ? ['its name'] : []), ...(found.length > 0 ? [`words: ${found.join(', ')}`] : [])];
}

export function bonusOf(experiences: readonly Experience[]): number {
  return experiences.reduce((sum, { bonus }) => sum + bonus, 0);
}

export function roundScore(score: number): number {
  return Math.round(score * 1000) / 1000;
}

function standingOf({ tier, maintainer, status }: CatalogSearchRow): number {
  return STANDING[tier] + (maintainer === 'community' ? 0 : MAINTAINED) - (isOver({ status }) ? 0.5 : 0);
}

function fits(
  row: CatalogSearchRow,
  { category, auth, transport, official, readOnly, source = 'catalog' }: SearchFilters,
): boolean {
  return (
    source === 'catalog' &&
    (category === undefined || row.category === category) &&
    (auth === undefined || row.auth.includes(auth)) &&
    (transport === undefined || row.transports.includes(transport)) &&
    (!official || row.maintainer !== 'community') &&
    (!readOnly || row.readOnly)
  );
}
