import type { Thesaurus } from '../text/thesaurus.ts';
import { termsOf } from '../text/words.ts';
import type { TextIndex } from './text-index.ts';

/** What a word of a request stands for: its own stem, and others that mean about the same. */
export interface Concept {
  readonly term: string;
  /** 1 for a word of the request, less for one that a phrase implies. */
  readonly weight: number;
  readonly alternatives: readonly string[];
}

/** How much a synonym counts against the word itself. */
const SYNONYM = 0.45;
const IMPLIED = 0.6;

export function conceptsOf(words: readonly string[], thesaurus: Thesaurus): Concept[] {
  const own = [...new Set(termsOf(words))];
  const implied = [...thesaurus.implied(words)].filter((term) => !own.includes(term));
  return [
    ...own.map((term) => ({ term, weight: 1, alternatives: thesaurus.alternatives(term) })),
    ...implied.map((term) => ({ term, weight: IMPLIED, alternatives: [] })),
  ];
}

/** Rareness of all words of a request together. */
export function massOf(concepts: readonly Concept[], index: TextIndex): number {
  return concepts.reduce((sum, { term, weight }) => sum + weight * index.rareness(term), 0);
}

/** Sums of what a request and each document of an index have in common; one array is reused for all requests. */
export interface TextMatcher {
  /** Share of the request's weight in each document, 0 to 1. Valid until the next call. */
  match(concepts: readonly Concept[]): Float32Array;
}

export function createTextMatcher(index: TextIndex): TextMatcher {
  const totals = new Float32Array(index.size);
  const best = new Float32Array(index.size);
  const touched = new Uint32Array(index.size);
  let count = 0;

  /** A document counts the best of a word and its synonyms, not their sum. */
  function take(term: string, share: number, most: number): void {
    const postings = index.postings(term);
    if (!postings) return;
    const { documents, strengths } = postings;
    const weight = share * Math.min(most, postings.rareness);
    for (let at = 0; at < documents.length; at += 1) {
      const id = documents[at] ?? 0;
      const value = weight * (strengths[at] ?? 0);
      const known = best[id] ?? 0;
      if (known === 0) touched[count++] = id;
      if (value > known) best[id] = value;
    }
  }

  return {
    match(concepts) {
      totals.fill(0);
      const mass = massOf(concepts, index);
      if (mass === 0) return totals;
      for (const { term, weight, alternatives } of concepts) {
        count = 0;
        // A rare synonym of a common word must not count more than the word.
        const most = index.rareness(term);
        take(term, weight, most);
        for (const other of alternatives) take(other, weight * SYNONYM, most);
        for (let at = 0; at < count; at += 1) {
          const id = touched[at] ?? 0;
          totals[id] = (totals[id] ?? 0) + (best[id] ?? 0) / mass;
          best[id] = 0;
        }
      }
      return totals;
    },
  };
}
