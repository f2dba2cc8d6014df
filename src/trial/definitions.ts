import { isRecord, type JsonObject } from '../core/json.ts';
import type { Answer } from './talk/answer.ts';
import type { Hello } from './talk/begin.ts';
import type { Talk } from './talk/talk.ts';

/** One list of a server with everything its pages held. */
export interface Listing {
  readonly items: readonly JsonObject[];
  /** The results, a page each. */
  readonly pages: readonly JsonObject[];
  /** The answer that was no page, if one was not. */
  readonly failed?: Answer;
  /** A cursor that came twice, or `undefined` when the list ended; `true` for more pages than anybody reads. */
  readonly endless?: string | true;
}

export type ListName = 'tools' | 'resources' | 'resourceTemplates' | 'prompts';

/** List → the capability that stands for it, and its method. */
export const LISTS: Readonly<Record<ListName, { readonly capability: string; readonly method: string }>> = {
  tools: { capability: 'tools', method: 'tools/list' },
  resources: { capability: 'resources', method: 'resources/list' },
  resourceTemplates: { capability: 'resources', method: 'resources/templates/list' },
  prompts: { capability: 'prompts', method: 'prompts/list' },
};

export const LIST_NAMES = Object.keys(LISTS) as readonly ListName[];

/** What a server offers, as it says. */
export interface Definitions {
  readonly lists: Readonly<Record<ListName, Listing>>;
  readonly tools: readonly JsonObject[];
  readonly instructions: string;
}

const MOST_PAGES = 200;
const NOTHING: Listing = { items: [], pages: [] };

/** Reads every list a server declares. */
export async function readDefinitions(talk: Talk, hello: Hello): Promise<Definitions> {
  const lists = { tools: NOTHING, resources: NOTHING, resourceTemplates: NOTHING, prompts: NOTHING };
  for (const name of LIST_NAMES) {
    if (LISTS[name].capability in hello.capabilities) lists[name] = await readList(talk, name);
  }
  const { instructions } = hello.result;
  return {
    lists,
    tools: lists.tools.items,
    instructions: typeof instructions === 'string' ? instructions : '',
  };
}

/** Reads one list to its end, or to where it stops making sense. */
export async function readList(talk: Talk, name: ListName): Promise<Listing> {
  const items: JsonObject[] = [];
  const pages: JsonObject[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  while (pages.length < MOST_PAGES) {
    const answer = await talk.ask(LISTS[name].method, cursor === undefined ? {} : { cursor });
    const page = answer.kind === 'result' ? answer.result[name] : undefined;
    if (answer.kind !== 'result' || !Array.isArray(page)) return { items, pages, failed: answer };
    pages.push(answer.result);
    items.push(...(page.filter(isRecord) as JsonObject[]));
    const next = answer.result.nextCursor;
    if (typeof next !== 'string') return { items, pages };
    if (seen.has(next)) return { items, pages, endless: next };
    seen.add(next);
    cursor = next;
  }
  return { items, pages, endless: true };
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The name of a definition, for messages. */
export function nameOf(definition: JsonObject): string {
  return textOf(definition.name) || textOf(definition.uri) || textOf(definition.uriTemplate) || '(no name)';
}

/** A definition's hints, if any. */
export function annotationsOf(tool: JsonObject): JsonObject {
  return (isRecord(tool.annotations) ? tool.annotations : {}) as JsonObject;
}
