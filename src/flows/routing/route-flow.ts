import type { Context } from '../../cli/context.ts';
import type { RoutableServer } from '../../routing/catalogue.ts';
import type { RankOptions } from '../../routing/rank.ts';
import { type Reasons, reasonsOf } from '../../routing/reasons.ts';
import { createRouter, type Suggestion } from '../../routing/route.ts';
import { createRoutingIndex, type RoutingIndex } from '../../routing/routing-index.ts';
import { type Remembered, saidOf, withExamples } from '../../routing/said.ts';
import type { Correction } from '../../routing/text/spelling.ts';
import { readSettings } from '../../settings/read.ts';
import { keepAsked, learnFromCalls } from './asked.ts';
import { catalogServers } from './catalog-servers.ts';
import { type Meaning, meaningHere } from './meaning-here.ts';
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
  readonly reasons?: RouteReasons;
}

export interface RouteReasons extends Reasons {
  /** What was said of it for such a task, or that it was called after one. */
  readonly remembered?: Remembered['why'];
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
  /** Whether the service for meanings of the settings was asked with success, and why not; absent where there is none. */
  readonly meaning?: Meaning['meaning'];
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
const MOST_LEFT_OUT = 10;
/** Several tools of one server are one server to add. */
const MOST_COMPARED = 30;
/** Which tool does what a task asks for, of the user's servers and of those they could add. */
export async function routeTask(task: string, options: RouteOptions, context: Context): Promise<RouteAnswer> {
  const { learnFromCalls: isLearning } = (await readSettings(context)).settings.routing;
  if (isLearning) await learnFromCalls(context);
  const answer = await answerTo(task, options, context);
  const tools = answer.suggestions.map(({ server, tool }) => `${server}/${tool}`);
  if (isLearning && tools.length > 0) await keepAsked({ task, tools }, context);
  return answer;
}

async function answerTo(task: string, options: RouteOptions, context: Context): Promise<RouteAnswer> {
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
    const { weight } = saidOf(task, server, tool, said);
    const found = standingOf(server, tool);
    return weight === 0 ? found : { ...found, said: weight };
  };
  const router = createRouter(index);
  const { opinion, ...meaning } = await meaningHere(task, index, context);
  const route = router.route(task, { limit: options.top, standingOf: standing, opinion });
  const added = new Set(own.flatMap(({ routable: { id, title } }) => [id, title]));
  const missing = suggestAdding(
    task,
    catalog.filter(({ id }) => !added.has(id)),
  );
  const best = route.suggestions[0]?.score ?? 0;
  const reasons = (found: Suggestion): RouteReasons => {
    const { why } = saidOf(task, found.server, found.tool, said);
    return { ...reasonsOf(found, route.ranking, index), ...(why && { remembered: why }) };
  };
  const explained = (found: Suggestion): RouteSuggestion => ({
    server: found.server,
    tool: found.tool,
    score: rounded(found.score),
    writes: found.writes,
    standIns: found.tool === null ? [] : standInsOf(found.server, found.tool),
    ...(options.explain && { reasons: reasons(found) }),
  });
  const reason = own.length === 0 ? 'no_servers' : 'low_confidence';
  return {
    task,
    match: route.match,
    ...(!route.match && { reason }),
    suggestions: route.suggestions.map(explained),
    corrections: route.ranking.corrections,
    ...meaning,
    steps: route.steps,
    leftOut: leftOut(task, index, { standingOf: standing, opinion }),
    notInstalled: missing.filter(({ score }) => !route.match || score > best),
    unknown: own.filter(({ from }) => from === 'nowhere').map(({ routable }) => routable.id),
  };
}

/** What would have come before anything that is suggested, had it been allowed and well; a server that is down once. */
function leftOut(
  task: string,
  index: RoutingIndex,
  { standingOf, opinion }: Pick<RankOptions, 'standingOf' | 'opinion'>,
): RouteAnswer['leftOut'] {
  const { match, suggestions } = createRouter(index).route(task, { limit: MOST_LEFT_OUT, opinion });
  if (!match) return [];
  const found: RouteAnswer['leftOut'][number][] = [];
  for (const { server, tool, evidence } of suggestions) {
    const why = standingOf?.(evidence.candidate)?.barred;
    if (why === undefined) break;
    if (!found.some((each) => each.server === server && each.why === why)) found.push({ server, tool, why });
  }
  return found;
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
