import { isTool } from '../../../mcp/tools.ts';
import type { RoutableServer } from '../../../routing/catalogue.ts';
import { reasonsOf, tellReasons } from '../../../routing/reasons.ts';
import { createRouter, type Suggestion } from '../../../routing/route.ts';
import { createRoutingIndex } from '../../../routing/routing-index.ts';
import { type Said, saidOf, withExamples } from '../../../routing/said.ts';
import { routableTool } from '../../servers/routable-tool.ts';
import type { ListedTool } from '../view.ts';

export interface FoundTool {
  readonly listed: ListedTool;
  /** What speaks for it, in a few words. */
  readonly why: string;
  /** Whether it may change something, by its name. */
  readonly writes: boolean;
}

export interface FoundTools {
  /** False when nothing fits well enough: then none of the tools is an answer. */
  readonly match: boolean;
  /** Best first; of a task of several steps, theirs first. */
  readonly tools: readonly FoundTool[];
  readonly steps: readonly { readonly task: string; readonly listed: ListedTool }[];
}

export interface FindOptions {
  readonly limit: number;
  /** The one server that is asked for. */
  readonly server?: string | undefined;
  /** Servers that did not work lately: of equals the others come first. */
  isDown(server: string): boolean;
}

/** Finds tools for tasks. */
export interface ToolFinder {
  find(task: string, options: FindOptions): FoundTools;
}

/** What comes behind is not found. */
const MOST_TOOLS = 20_000;

/** `titleOf` says what a server is known as, whatever its user calls it; `said` is what users said of tools. */
export function createToolFinder(
  tools: readonly ListedTool[],
  titleOf: (server: string) => string,
  said: readonly Said[] = [],
): ToolFinder {
  const known = tools.slice(0, MOST_TOOLS);
  const byOrigin = new Map(known.map((listed) => [keyOf(listed.server, String(listed.tool.name)), listed]));
  const index = createRoutingIndex(routable(known, titleOf).map((server) => withExamples(server, said)));
  const router = createRouter(index);
  const listedAs = (server: string, tool: string | null): ListedTool | undefined =>
    tool === null ? undefined : byOrigin.get(keyOf(server, tool));
  return {
    find(task, { limit, server: only, isDown }) {
      const { match, suggestions, steps, ranking } = router.route(task, {
        limit,
        standingOf(candidate) {
          const { server: at = -1, tool } = index.candidates[candidate] ?? {};
          const server = index.servers[at]?.id ?? '';
          if (only !== undefined && server !== only) return { barred: 'another server was asked for' };
          const { weight } = saidOf(task, server, tool?.name ?? null, said);
          return { ...(isDown(server) && { successRate: 0 }), ...(weight !== 0 && { said: weight }) };
        },
      });
      const found = (suggestion: Suggestion): FoundTool[] => {
        const listed = listedAs(suggestion.server, suggestion.tool);
        const why = (): string => tellReasons(reasonsOf(suggestion, ranking, index)).join('; ');
        return listed ? [{ listed, why: why(), writes: suggestion.writes }] : [];
      };
      const told = steps.flatMap(({ task: step, server, tool }) => {
        const listed = listedAs(server, tool);
        return listed ? [{ task: step, listed }] : [];
      });
      const ranked = suggestions.flatMap(found);
      const ofSteps = told.map(
        ({ task: step, listed }): FoundTool =>
          ranked.find((each) => each.listed === listed) ?? { listed, why: `for: ${step}`, writes: false },
      );
      return { match, tools: [...new Set([...ofSteps, ...ranked])].slice(0, limit), steps: told };
    },
  };
}

function routable(tools: readonly ListedTool[], titleOf: (server: string) => string): RoutableServer[] {
  const byServer = new Map<string, ListedTool[]>();
  for (const listed of tools) {
    const own = byServer.get(listed.server);
    if (own) own.push(listed);
    else byServer.set(listed.server, [listed]);
  }
  return [...byServer].map(([id, own]) => ({
    id,
    title: titleOf(id),
    description: '',
    category: '',
    tags: [],
    tools: own.map(({ tool }) =>
      routableTool(isTool(tool) ? tool : { ...tool, name: String(tool.name), inputSchema: {} }),
    ),
  }));
}

function keyOf(server: string, tool: string): string {
  return `${server}\0${tool}`;
}
