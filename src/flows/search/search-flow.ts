import type { CatalogEntry } from '../../catalog/schema.ts';
import { closest } from '../../core/closest.ts';
import { McpctlError } from '../../core/errors.ts';
import { conceptsOf, createTextMatcher } from '../../routing/scoring/match-text.ts';
import { openTextIndex } from '../../routing/scoring/packed-index.ts';
import type { Thesaurus } from '../../routing/text/thesaurus.ts';
import { wordsOf } from '../../routing/text/words.ts';
import type { SearchData } from './search-index.ts';
import { isOver, type Risk, riskOf, type SearchRow } from './search-row.ts';

export interface SearchFilters {
  readonly category?: string;
  readonly auth?: 'none' | 'api-key' | 'oauth';
  readonly transport?: 'remote' | 'npm' | 'pypi' | 'oci';
  /** Only what the vendor or the MCP project maintains. */
  readonly official?: boolean;
  /** Only what can be limited to reading. */
  readonly readOnly?: boolean;
}

export interface SearchHit extends SearchRow {
  readonly risk: Risk;
  /** 0 without words. */
  readonly score: number;
  readonly because: readonly string[];
}

export interface SearchResult {
  readonly words: string;
  readonly found: number;
  readonly of: number;
  readonly hits: readonly SearchHit[];
}

/** What speaks for a server whatever is asked, so that of equals the better known comes first. */
const STANDING: Readonly<Record<CatalogEntry['tier'], number>> = {
  core: 0.12,
  enterprise: 0.1,
  extended: 0.08,
  listed: 0,
};
const MAINTAINED = 0.04;
const NAMED = 1;
const TITLED = 0.6;
/** With so much in common nobody has to guess at other words. */
const ENOUGH = 0.4;
const NO_THESAURUS: Thesaurus = { alternatives: () => [], implied: () => new Set() };
/** Less in common is chance. */
const LEAST = 0.12;

/** The generated rows and words. */
export async function loadSearchData(): Promise<SearchData> {
  const { default: data } = await import('./search-data.json', { with: { type: 'json' } });
  return data as unknown as SearchData;
}

/** Servers of the catalog by name, category, tool or task, best first. @throws USAGE for an unknown category */
export async function searchCatalog(words: string, filters: SearchFilters): Promise<SearchResult> {
  const data = await loadSearchData();
  refuseUnknownCategory(filters.category, data.rows);
  const scores = words.trim() === '' ? undefined : await scoresOf(words, data);
  const hits = data.rows
    .map((row, place) => ({ row, place }))
    .filter(({ row }) => fits(row, filters))
    .map(({ row, place }) => hitOf(row, scores?.(row, place)))
    .filter(({ score }) => scores === undefined || score >= LEAST)
    .sort((one, other) => rankOf(other) - rankOf(one) || one.slug.localeCompare(other.slug));
  return { words, found: hits.length, of: data.rows.length, hits };
}

interface Scored {
  readonly score: number;
  readonly because: readonly string[];
}

type ScoreOf = (row: SearchRow, place: number) => Scored;

async function scoresOf(words: string, { index, aliases }: SearchData): Promise<ScoreOf> {
  const asked = words.trim().toLowerCase();
  const named = aliases[asked] ?? aliases[asked.replaceAll(/\s+/g, '-')];
  const opened = openTextIndex(index);
  const matcher = createTextMatcher(opened);
  let concepts = conceptsOf(wordsOf(words), NO_THESAURUS);
  let texts = matcher.match(concepts);
  if (Math.max(...texts) < ENOUGH) {
    // Reading it takes a good part of the time of a search, and names don't need it.
    const { createThesaurus } = await import('../../routing/text/thesaurus.ts');
    concepts = conceptsOf(wordsOf(words), createThesaurus());
    texts = matcher.match(concepts);
  }
  const wordsIn = (place: number): string[] =>
    concepts.flatMap(({ term, alternatives }) => {
      const holds = (each: string): boolean => opened.postings(each)?.documents.includes(place) ?? false;
      const word = [term, ...alternatives].find(holds);
      return word === undefined ? [] : word === term ? term : `${word} (for ${term})`;
    });
  return (row, place) => {
    const isNamed = row.slug === asked || row.slug === named;
    const isTitle = row.title.toLowerCase() === asked;
    const score = (texts[place] ?? 0) + (isNamed ? NAMED : isTitle ? TITLED : 0);
    const found = score < LEAST ? [] : wordsIn(place);
    return {
      score,
      because: [
        ...(isNamed || isTitle ? ['its name'] : []),
        ...(found.length > 0 ? [`words: ${found.join(', ')}`] : []),
      ],
    };
  };
}

function hitOf(row: SearchRow, { score, because }: Scored = { score: 0, because: [] }): SearchHit {
  return { ...row, risk: riskOf(row), score: Math.round(score * 1000) / 1000, because };
}

function rankOf({ score, tier, maintainer, status }: SearchHit): number {
  const standing = STANDING[tier] + (maintainer === 'community' ? 0 : MAINTAINED);
  return score + standing - (isOver({ status }) ? 0.5 : 0);
}

function fits(row: SearchRow, { category, auth, transport, official, readOnly }: SearchFilters): boolean {
  return (
    (category === undefined || row.category === category) &&
    (auth === undefined || row.auth.includes(auth)) &&
    (transport === undefined || row.transports.includes(transport)) &&
    (!official || row.maintainer !== 'community') &&
    (!readOnly || row.readOnly)
  );
}

function refuseUnknownCategory(category: string | undefined, rows: readonly SearchRow[]): void {
  if (category === undefined) return;
  const known = [...new Set(rows.map((row) => row.category))].sort();
  if (known.some((each) => each === category)) return;
  const [near] = closest(category, known);
  throw new McpctlError('USAGE', `The catalog has no category ${JSON.stringify(category)}.`, {
    hint: near ? `Did you mean ${near}? All: ${known.join(', ')}` : `One of: ${known.join(', ')}`,
  });
}
