import type { RoutableServer } from './catalogue.ts';
import { termsOf, wordsOf } from './text/words.ts';

/** What a user said of a tool for a request. */
export interface Said {
  readonly server: string;
  readonly tool: string;
  /** The request without what looks personal. */
  readonly task: string;
  readonly isRight: boolean;
}

/** How like a request has to be one that something was said of. */
const LIKE = 0.7;

/** A server with what was confirmed as examples of its tools. */
export function withExamples(server: RoutableServer, said: readonly Said[]): RoutableServer {
  const tools = server.tools.map((tool) => {
    const examples = said
      .filter((each) => each.isRight && each.server === server.id && each.tool === tool.name)
      .map((each) => each.task);
    return examples.length > 0 ? { ...tool, examples } : tool;
  });
  return { ...server, tools };
}

/** What was said of a tool for nearly this request: -1 wrong, 1 right, 0 nothing. */
export function saidOf(task: string, server: string, tool: string | null, said: readonly Said[]): number {
  const about = said.filter((each) => each.server === server && each.tool === tool);
  const [nearest] = about
    .map((each) => ({ ...each, likeness: likeness(task, each.task) }))
    .filter((each) => each.likeness >= LIKE)
    .sort((one, other) => other.likeness - one.likeness);
  return nearest === undefined ? 0 : nearest.isRight ? nearest.likeness : -nearest.likeness;
}

/** How like two requests are: the share of the words either has that both have. */
export function likeness(one: string, other: string): number {
  const words = new Set(termsOf(wordsOf(one)));
  const others = new Set(termsOf(wordsOf(other)));
  const shared = [...words].filter((word) => others.has(word)).length;
  const all = words.size + others.size - shared;
  return all === 0 ? 0 : shared / all;
}
