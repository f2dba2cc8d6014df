import { isConfident } from './confidence.ts';
import { isWriting } from './intent.ts';
import { createRanker, type Ranked, type Ranking, type RankOptions } from './rank.ts';
import type { RoutingIndex } from './routing-index.ts';
import { clausesOf, isTransfer } from './steps.ts';

/** A tool for a task, or a server of which no tools are known. */
export interface Suggestion {
  readonly server: string;
  readonly tool: string | null;
  readonly score: number;
  /** Whether it may change something, as far as its name says. */
  readonly writes: boolean;
  readonly evidence: Ranked;
}

/** One wish of a request of several. */
export interface Step {
  readonly task: string;
  readonly server: string;
  readonly tool: string | null;
}

export interface Route {
  /** False when nothing fits well enough: then no suggestion is an answer, least of all one that writes. */
  readonly match: boolean;
  readonly suggestions: readonly Suggestion[];
  /** Of a request of several wishes, in their order; empty for a single one. */
  readonly steps: readonly Step[];
  readonly ranking: Ranking;
}

export interface Router {
  route(task: string, options: RankOptions): Route;
}

/** A name this sure is a place to read from or write to, when a clause names two of them. */
const SURE_NAME = 0.8;
/** What comes after so many characters is material, not the wish. */
const LONGEST_TASK = 2000;

export function createRouter(index: RoutingIndex): Router {
  const ranker = createRanker(index);
  const suggestionOf = (found: Ranked): Suggestion => {
    const candidate = index.candidates[found.candidate];
    return {
      server: index.servers[candidate?.server ?? -1]?.id ?? '',
      tool: candidate?.tool?.name ?? null,
      score: found.score,
      writes: isWriting(candidate?.offered ?? []),
      evidence: found,
    };
  };
  const isNamed = (text: string): boolean =>
    index.links.find(text).some(({ kind, strength }) => kind === 'name' && strength >= SURE_NAME);
  const stepsOf = (task: string, options: RankOptions): Step[] => {
    const clauses = clausesOf(task, isNamed);
    const steps = clauses.flatMap((clause) => {
      // An opinion is one of the whole request.
      const ranking = ranker.rank(clause, { ...options, opinion: undefined, limit: 10 });
      const [best] = ranking.ranked;
      if (!best || !isConfident(best)) return [];
      const { server, tool } = suggestionOf(best);
      const places = isTransfer(clause) ? placesOf(ranking, index) : [];
      if (places.length > 1)
        return places.map((place) => ({ task: clause, server: place, tool: toolAt(ranking, place) }));
      return [{ task: clause, server, tool }];
    });
    return steps.length > 1 ? steps : [];
  };
  const toolAt = ({ ranked }: Ranking, server: string): string | null =>
    ranked.map(suggestionOf).find((found) => found.server === server)?.tool ?? null;

  return {
    route(text, options) {
      const task = text.slice(0, LONGEST_TASK);
      const ranking = ranker.rank(task, options);
      const [best] = ranking.ranked;
      const steps = stepsOf(task, options);
      return {
        match: (best !== undefined && isConfident(best)) || steps.length > 0,
        suggestions: ranking.ranked.map(suggestionOf),
        steps,
        ranking,
      };
    },
  };
}

/** Servers a clause names, in the order it names them; of several that share a name, the best ranked. */
function placesOf({ links, ranked }: Ranking, { servers, candidates }: RoutingIndex): string[] {
  const rank = new Map<number, number>();
  for (const [place, { candidate }] of ranked.entries()) {
    const server = candidates[candidate]?.server ?? -1;
    if (!rank.has(server)) rank.set(server, place);
  }
  const byPhrase = new Map<string, number>();
  for (const { server, phrase, kind, strength } of links) {
    if (kind !== 'name' || strength < SURE_NAME) continue;
    const known = byPhrase.get(phrase);
    const rankOf = (each: number): number => rank.get(each) ?? Number.POSITIVE_INFINITY;
    if (known === undefined || rankOf(server) < rankOf(known)) byPhrase.set(phrase, server);
  }
  return [...new Set(byPhrase.values())].map((server) => servers[server]?.id ?? '');
}
