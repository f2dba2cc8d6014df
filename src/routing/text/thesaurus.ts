import groups from './thesaurus.json' with { type: 'json' };
import { stemOf, wordsOf } from './words.ts';

/** Other ways to say a term, by the stems they are indexed under. */
export interface Thesaurus {
  /** Of one term. */
  alternatives(term: string): readonly string[];
  /** Terms meant by phrases and abbreviations in a request, e.g. `pull` and `request` by `PR`. */
  implied(words: readonly string[]): ReadonlySet<string>;
}

/** Words of everyday requests in groups that mean about the same. */
export function createThesaurus(lines: readonly string[] = groups): Thesaurus {
  const byTerm = new Map<string, Set<string>>();
  const byPhrase = new Map<string, Set<string>>();
  for (const line of lines) {
    const members = line.split(',').map((member) => wordsOf(member).map(stemOf));
    const single = members.flatMap((member) => (member.length === 1 ? member : []));
    const longest = members.filter((member) => member.length > 1);
    for (const member of members) {
      const others = single.filter((other) => !member.includes(other));
      const [only] = member;
      if (member.length > 1) addTo(byPhrase, member.join(' '), others);
      else if (only !== undefined) {
        addTo(byTerm, only, others);
        // An abbreviation stands for the first phrase of its group.
        if (only.length <= 3 && longest[0]) addTo(byPhrase, only, longest[0]);
      }
    }
  }
  const none: readonly string[] = [];
  const lists = new Map([...byTerm].map(([term, others]) => [term, [...others]]));
  return {
    alternatives: (term) => lists.get(term) ?? none,
    implied: (words) => impliedBy(words.map(stemOf), byPhrase),
  };
}

const LONGEST_PHRASE = 4;

function impliedBy(stems: readonly string[], byPhrase: ReadonlyMap<string, Set<string>>): Set<string> {
  const found = new Set<string>();
  for (let start = 0; start < stems.length; start += 1) {
    for (let length = 1; length <= LONGEST_PHRASE && start + length <= stems.length; length += 1) {
      const others = byPhrase.get(stems.slice(start, start + length).join(' '));
      for (const other of others ?? []) found.add(other);
    }
  }
  return found;
}

function addTo(map: Map<string, Set<string>>, key: string, values: readonly string[]): void {
  const known = map.get(key) ?? new Set();
  for (const value of values) known.add(value);
  map.set(key, known);
}
