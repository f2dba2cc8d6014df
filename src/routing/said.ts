import { findLiteralSecret } from '../core/secret-patterns.ts';
import type { RoutableServer } from './catalogue.ts';
import { termsOf, wordsOf } from './text/words.ts';

/** What a user said of a tool for a request. */
export interface Said {
  readonly server: string;
  readonly tool: string;
  /** The request without what looks personal. */
  readonly task: string;
  readonly isRight: boolean;
  /** Nobody said it: the tool was called after it was suggested. Counts less, and gives way. */
  readonly isCalled?: true;
}

/** What was said or done for such a request: -1 wrong, 1 right, 0 nothing, and which of it. */
export interface Remembered {
  readonly weight: number;
  readonly why?: 'confirmed' | 'wrong' | 'called';
}

/** How like a request has to be one that something was said of. */
const LIKE = 0.7;
/** What a call says, against what somebody says. */
const CALLED = 0.35;
const LONGEST_TASK = 300;

/** A server with what was confirmed as examples of its tools. */
export function withExamples(server: RoutableServer, said: readonly Said[]): RoutableServer {
  const tools = server.tools.map((tool) => {
    const examples = said
      .filter((each) => each.isRight && each.server === server.id && each.tool === tool.name)
      .map((each) => each.task);
    return examples.length > 0 ? { ...tool, examples: [...(tool.examples ?? []), ...examples] } : tool;
  });
  return { ...server, tools };
}

/** What was said of a tool for the request that is most like this one. */
export function saidOf(task: string, server: string, tool: string | null, said: readonly Said[]): Remembered {
  const about = said.filter((each) => each.server === server && each.tool === tool);
  const [nearest] = about
    .map((each) => ({ ...each, alike: likeness(task, each.task) }))
    .filter((each) => each.alike >= LIKE)
    .sort((one, other) => other.alike - one.alike);
  if (nearest === undefined) return { weight: 0 };
  const { isRight, isCalled, alike } = nearest;
  if (isCalled) return { weight: alike * CALLED, why: 'called' };
  return isRight ? { weight: alike, why: 'confirmed' } : { weight: -alike, why: 'wrong' };
}

/** How like a request is to one that was kept: the share of the words either has that both have. */
export function likeness(task: string, kept: string): number {
  const words = new Set(termsOf(wordsOf(withoutPersonal(task))));
  const others = new Set(termsOf(wordsOf(kept)));
  const shared = [...words].filter((word) => others.has(word)).length;
  const all = words.size + others.size - shared;
  return all === 0 ? 0 : shared / all;
}

/** Words teach; addresses, numbers, quotations and keys do not, and may be somebody's. */
export function withoutPersonal(task: string): string {
  return task
    .replaceAll(/"[^"]*"|“[^”]*”|`[^`]*`/g, '…')
    .split(/\s+/)
    .map((word) => (isPersonal(word) ? '…' : word))
    .join(' ')
    .slice(0, LONGEST_TASK);
}

function isPersonal(word: string): boolean {
  return (
    /@|:\/\/|\d{4,}|[\\/~].*[\\/]/.test(word) || word.length > 40 || findLiteralSecret('', word) !== undefined
  );
}
