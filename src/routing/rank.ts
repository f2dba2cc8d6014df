import { type Action, actionsAsked, fitOf } from './intent.ts';
import type { Link } from './links.ts';
import type { RoutingIndex } from './routing-index.ts';
import { type Concept, conceptsOf, createTextMatcher, massOf } from './scoring/match-text.ts';
import { type Standing, tieBreaker } from './standing.ts';
import type { Correction } from './text/spelling.ts';
import { termsOf, wordsOf } from './text/words.ts';

/** How much each kind of evidence counts. */
const WEIGHTS = { tool: 1, server: 0.5, name: 0.9, nouns: 0.7, toolName: 1.2, intent: 0.06, examples: 1.5 };

/** A candidate with what speaks for it. */
export interface Ranked {
  readonly candidate: number;
  readonly score: number;
  /** Share of the request's weight in the tool's words and in its server's, 0 to 1. */
  readonly text: number;
  readonly serverText: number;
  /** The tool's share in units of the rarest word there is: what a long request has in common with it counts in full. */
  readonly matched: number;
  /** By names and nouns that lead to the server. */
  readonly link: number;
  /** How the tool's action fits the one asked, -1 to 1. */
  readonly fit: number;
  /** Likelihood by examples, 0 to 1. */
  readonly likelihood: number;
  /** What others think of it, 0 to 1; 0 where nobody was asked. */
  readonly opinion: number;
}

export interface Ranking {
  readonly ranked: readonly Ranked[];
  readonly concepts: readonly Concept[];
  readonly links: readonly Link[];
  readonly asked: readonly Action[];
  /** Words that were taken for others. */
  readonly corrections: readonly Correction[];
}

export interface RankOptions {
  readonly limit: number;
  /** Permission, health and experience of a candidate; what is barred is left out before anything is compared. */
  readonly standingOf?: ((candidate: number) => Standing | undefined) | undefined;
  /** What others think of each candidate, 0 to 1, and how much that adds; e.g. embeddings. */
  readonly opinion?: { readonly of: (candidate: number) => number; readonly share: number } | undefined;
}

export interface Ranker {
  rank(request: string, options: RankOptions): Ranking;
}

export function createRanker(index: RoutingIndex): Ranker {
  const { candidates, servers } = index;
  const toolMatcher = createTextMatcher(index.toolTexts);
  const serverMatcher = createTextMatcher(index.serverTexts);
  const links = new Float32Array(servers.length);
  const scores = createScores(candidates.length, servers.length);

  return {
    rank(asked, options) {
      const { request, corrections } = index.spelling.correct(asked);
      const words = wordsOf(request);
      const concepts = conceptsOf(words, index.thesaurus);
      const found = index.links.find(request);
      const actions = actionsAsked(words);
      sumLinks(links, found);
      const evidence: Evidence = {
        texts: toolMatcher.match(concepts),
        serverTexts: serverMatcher.match(concepts),
        links,
        likelihoods: index.examples?.judge(termsOf(words)) ?? new Map(),
        named: index.toolNames.find(request),
      };
      scores.clear();
      for (const [candidate, { server, offered }] of candidates.entries()) {
        const relevance = weigh(evidence, { candidate, server, renown: index.renown[server] ?? 0 }, options);
        if (relevance > 0) scores.add(candidate, server, relevance, fitOf(actions, offered));
      }
      const unit = massOf(concepts, index.toolTexts) / index.toolTexts.rareness('');
      const ranked = scores.top(options.limit).map(
        ({ candidate, server, score, fit }): Ranked => ({
          candidate,
          score,
          text: evidence.texts[candidate] ?? 0,
          serverText: evidence.serverTexts[server] ?? 0,
          matched: (evidence.texts[candidate] ?? 0) * unit,
          link: links[server] ?? 0,
          fit,
          likelihood: evidence.likelihoods.get(candidate) ?? 0,
          opinion: options.opinion?.of(candidate) ?? 0,
        }),
      );
      return { ranked, concepts, links: found, asked: actions, corrections };
    },
  };
}

/** What a request has to do with each tool and server. */
interface Evidence {
  readonly texts: Float32Array;
  readonly serverTexts: Float32Array;
  readonly links: Float32Array;
  readonly likelihoods: ReadonlyMap<number, number>;
  readonly named: ReadonlySet<number>;
}

/** All evidence for a candidate as one number; 0 for what is barred, whatever the words say. */
function weigh(
  { texts, serverTexts, links, likelihoods, named }: Evidence,
  {
    candidate,
    server,
    renown,
  }: { readonly candidate: number; readonly server: number; readonly renown: number },
  { standingOf, opinion }: RankOptions,
): number {
  const standing = standingOf?.(candidate);
  if (standing?.barred !== undefined) return 0;
  let relevance =
    WEIGHTS.tool * (texts[candidate] ?? 0) +
    WEIGHTS.server * (serverTexts[server] ?? 0) +
    (links[server] ?? 0) +
    WEIGHTS.examples * (likelihoods.get(candidate) ?? 0) +
    (named.has(candidate) ? WEIGHTS.toolName : 0);
  if (opinion) relevance += opinion.share * opinion.of(candidate);
  return relevance > 0 ? relevance + renown + (standing ? tieBreaker(standing) : 0) : 0;
}

interface Scored {
  readonly candidate: number;
  readonly server: number;
  readonly score: number;
  readonly fit: number;
}

/** Relevances of one request, adjusted by intent. */
interface Scores {
  clear(): void;
  add(candidate: number, server: number, relevance: number, fit: number): void;
  /** The best, highest first; of equals the one that stands first in the catalog. */
  top(limit: number): Scored[];
}

function createScores(candidates: number, servers: number): Scores {
  const relevances = new Float64Array(candidates);
  const fits = new Float32Array(candidates);
  const serverOf = new Uint32Array(candidates);
  const best = new Float64Array(servers);
  const bestAdjusted = new Float64Array(servers);
  /** Intent chooses among the tools of a server; it does not lift one server over another. */
  const scoredOf = (candidate: number): Scored => {
    const server = serverOf[candidate] ?? 0;
    const fit = fits[candidate] ?? 0;
    const lift = (bestAdjusted[server] ?? 0) - (best[server] ?? 0);
    return { candidate, server, fit, score: (relevances[candidate] ?? 0) + WEIGHTS.intent * fit - lift };
  };
  return {
    clear() {
      relevances.fill(0);
      best.fill(0);
      bestAdjusted.fill(0);
    },
    add(candidate, server, relevance, fit) {
      relevances[candidate] = relevance;
      fits[candidate] = fit;
      serverOf[candidate] = server;
      best[server] = Math.max(best[server] ?? 0, relevance);
      bestAdjusted[server] = Math.max(bestAdjusted[server] ?? 0, relevance + WEIGHTS.intent * fit);
    },
    top(limit) {
      const top: Scored[] = [];
      for (let candidate = 0; candidate < candidates; candidate += 1) {
        if ((relevances[candidate] ?? 0) > 0) insert(top, scoredOf(candidate), limit);
      }
      return top;
    },
  };
}

function insert(top: Scored[], scored: Scored, limit: number): void {
  const last = top.at(-1);
  if (top.length === limit && last && scored.score <= last.score) return;
  let place = top.length;
  while (place > 0 && (top[place - 1]?.score ?? 0) < scored.score) place -= 1;
  top.splice(place, 0, scored);
  if (top.length > limit) top.pop();
}

/** A name counts once, the strongest; nouns add up with diminishing returns. */
function sumLinks(sums: Float32Array, links: readonly Link[]): void {
  sums.fill(0);
  const names = new Map<number, number>();
  const nouns = new Map<number, number>();
  for (const { server, kind, strength } of links) {
    if (kind === 'name') names.set(server, Math.max(names.get(server) ?? 0, strength));
    else nouns.set(server, 1 - (1 - (nouns.get(server) ?? 0)) * (1 - Math.min(0.9, strength)));
  }
  for (const [server, value] of names) sums[server] = WEIGHTS.name * value;
  for (const [server, value] of nouns) sums[server] = (sums[server] ?? 0) + WEIGHTS.nouns * value;
}
