import type { Context } from '../../cli/context.ts';
import type { RoutableServer } from '../../routing/catalogue.ts';
import type { RankOptions } from '../../routing/rank.ts';
import { type Reasons, reasonsOf } from '../../routing/reasons.ts';
import { createRouter, type Suggestion } from '../../routing/route.ts';
import { createRoutingIndex, type RoutingIndex } from '../../routing/routing-index.ts';
import { saidOf, withExamples } from '../../routing/said.ts';
import type { Correction } from '../../routing/text/spelling.ts';
import { catalogServers } from './catalog-servers.ts';
import { ownServers } from './own-servers.ts';
import { readSaid } from './said.ts';
import { standInsHere } from './stand-ins-here.ts';
import { standingsHere } from './standings.ts';

export interface RouteOptions {
  readonly top: number;
  /** Reasons with each suggestion. */
  readonly explain: boolean;
}

export interface RouteSuggestion {
  readonly server: string;
  readonly tool: string | null;
  /** Evidence for it; above 1 a name of the request leads to it. */
  readonly score: number;
  /** Whether it may change something, by its name. */
  readonly writes: boolean;
  /** Tools of the user's servers that are asked when it cannot be called, best first, as `server/tool`. */
  readonly standIns: readonly string[];
  readonly reasons?: Reasons;
}

export interface RouteAnswer {
  readonly task: string;
  /** Whether one of the user's servers can do it. */
  readonly match: boolean;
  /** Why not. */
  readonly reason?: 'low_confidence' | 'no_servers';
  readonly suggestions: readonly RouteSuggestion[];
  /** Words that were taken for others, as typing errors. */
  readonly corrections: readonly Correction[];
  /** Of a request of several wishes, in their order. */
  readonly steps: readonly { readonly task: string; readonly server: string; readonly tool: string | null }[];
  /** Would fit, and may not be used now. */
  readonly leftOut: readonly {
    readonly server: string;
    readonly tool: string | null;
    readonly why: string;
  }[];
  /** Servers of the catalog that can do it, best first. */
  readonly notInstalled: readonly {
    readonly server: string;
    readonly title: string;
    readonly score: number;
  }[];
  /** Servers whose tools were never listed here. */
  readonly unknown: readonly string[];
}

const MOST_NOT_INSTALLED = 3;
/** Several tools of one server are one server to add. */
const MOST_COMPARED = 30;

/** Which tool does what a task asks for, of the user's servers and of those they could add. */
export async function routeTask(task: string, options: RouteOptions, context: Context): Promise<RouteAnswer> {
  const [own, catalog, said] = await Promise.all([
    ownServers(context),
    catalogServers(),
    readSaid(context.paths),
  ]);
  const [standingOf, standInsOf] = await Promise.all([
    standingsHere(own, context),
    standInsHere(own, context),
  ]);
  const index = createRoutingIndex(own.map(({ routable }) => withExamples(routable, said)));
  const standing: RankOptions['standingOf'] = (candidate) => {
    const { server, tool } = named(index, candidate);
    const about = saidOf(task, server, tool, said);
    const found = standingOf(server, tool);
    return about === 0 ? found : { ...found, said: about };
  };
  const router = createRouter(index);
  const route = router.route(task, { limit: options.top, standingOf: standing });
  const added = new Set(own.flatMap(({ routable: { id, title } }) => [id, title]));
  const missing = suggestAdding(
    task,
    catalog.filter(({ id }) => !added.has(id)),
  );
  const best = route.suggestions[0]?.score ?? 0;
  const explained = (found: Suggestion): RouteSuggestion => ({
    server: found.server,
    tool: found.tool,
    score: rounded(found.score),
    writes: found.writes,
    standIns: found.tool === null ? [] : standInsOf(found.server, found.tool),
    ...(options.explain && { reasons: reasonsOf(found, route.ranking, index) }),
  });
  const reason = own.length === 0 ? 'no_servers' : 'low_confidence';
  return {
    task,
    match: route.match,
    ...(!route.match && { reason }),
    suggestions: route.suggestions.map(explained),
    corrections: route.ranking.corrections,
    steps: route.steps,
    leftOut: leftOut(task, index, standing),
    notInstalled: missing.filter(({ score }) => !route.match || score > best),
    unknown: own.filter(({ from }) => from === 'nowhere').map(({ routable }) => routable.id),
  };
}

/** What would have been suggested, had it been allowed and well. */
function leftOut(
  task: string,
  index: RoutingIndex,
  standingOf: NonNullable<RankOptions['standingOf']>,
): RouteAnswer['leftOut'] {
  const { match, suggestions } = createRouter(index).route(task, { limit: 1 });
  const [best] = suggestions;
  const why = best && match ? standingOf(best.evidence.candidate)?.barred : undefined;
  return best && why !== undefined ? [{ server: best.server, tool: best.tool, why }] : [];
}

function suggestAdding(task: string, servers: readonly RoutableServer[]): RouteAnswer['notInstalled'] {
  const index = createRoutingIndex(servers);
  const { match, suggestions } = createRouter(index).route(task, { limit: MOST_COMPARED });
  if (!match) return [];
  const titles = new Map(servers.map(({ id, title }) => [id, title]));
  const best = new Map<string, number>();
  for (const { server, score } of suggestions) if (!best.has(server)) best.set(server, rounded(score));
  return [...best]
    .slice(0, MOST_NOT_INSTALLED)
    .map(([server, score]) => ({ server, title: titles.get(server) ?? server, score }));
}

function named(
  { servers, candidates }: RoutingIndex,
  candidate: number,
): { server: string; tool: string | null } {
  const found = candidates[candidate];
  return { server: servers[found?.server ?? -1]?.id ?? '', tool: found?.tool?.name ?? null };
}

function rounded(score: number): number {
  return Math.round(score * 1000) / 1000;
}
