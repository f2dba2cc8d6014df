import { createToolFields, type Place } from './fields.ts';
import type { Ranking } from './rank.ts';
import type { Suggestion } from './route.ts';
import type { RoutingIndex } from './routing-index.ts';

/** Why something was suggested. */
export interface Reasons {
  /** Phrases of the request that name the server or its product. */
  readonly names: readonly string[];
  /** Nouns of its trade in the request. */
  readonly nouns: readonly string[];
  /** Stems of the request, or others that mean about the same, by where they were found. */
  readonly words: Readonly<Partial<Record<Place, readonly string[]>>>;
  /** Whether the tool's action is the one asked for. */
  readonly intent: 'fits' | 'unknown' | 'differs';
  /** How likely the tool is by examples, 0 to 1. */
  readonly likelihood: number;
  /** How alike in meaning, 0 to 1; 0 where no service was asked. */
  readonly meaning: number;
}

/** Each reason in a few words. */
export function tellReasons({ names, nouns, words, intent, likelihood, meaning }: Reasons): string[] {
  return [
    ...(names.length > 0 ? [`named: ${names.join(', ')}`] : []),
    ...(nouns.length > 0 ? [`of its trade: ${nouns.join(', ')}`] : []),
    ...Object.entries(words).map(([place, list]) => `in ${place}: ${list.join(', ')}`),
    ...(intent === 'unknown' ? [] : [`action ${intent}`]),
    ...(meaning > 0.01 ? [`alike in meaning: ${Math.round(meaning * 100)} %`] : []),
    ...(likelihood > 0.01 ? [`by examples: ${Math.round(likelihood * 100)} %`] : []),
  ];
}

const LEAST_FIT = 0.5;

export function reasonsOf(
  { evidence }: Suggestion,
  { links, concepts }: Ranking,
  index: RoutingIndex,
): Reasons {
  const { tool, server = -1 } = index.candidates[evidence.candidate] ?? {};
  const facts = index.servers[server];
  const own = links.filter((link) => link.server === server);
  const phrases = (kind: 'name' | 'noun'): string[] => [
    ...new Set(own.filter((link) => link.kind === kind).map(({ phrase }) => phrase)),
  ];
  const words: Partial<Record<Place, string[]>> = {};
  for (const { place, terms } of facts ? createToolFields(facts)(tool) : []) {
    const held = new Set(terms);
    for (const { term, alternatives } of concepts) {
      const found = held.has(term) ? term : alternatives.find((other) => held.has(other));
      if (found === undefined) continue;
      const shown = found === term ? term : `${found} (for ${term})`;
      words[place] = [...new Set([...(words[place] ?? []), shown])];
    }
  }
  return {
    names: phrases('name'),
    nouns: phrases('noun'),
    words,
    intent: evidence.fit >= LEAST_FIT ? 'fits' : evidence.fit < 0 ? 'differs' : 'unknown',
    likelihood: evidence.likelihood,
    meaning: evidence.opinion,
  };
}
