import type { RoutableServer, RoutableTool } from './catalogue.ts';
import { type ProductMatch, productsOf } from './products.ts';
import type { Field } from './scoring/text-index.ts';
import { termsOf, wordsOf, wordsOfName } from './text/words.ts';

/** Where a word of a request was found, as users are told. */
export type Place = 'tool name' | 'description' | 'arguments' | 'phrases' | 'examples' | 'server';

export interface ToolField extends Field {
  readonly place: Place;
}

/** What is compared of a server as a whole, its tools' fields among it. Every list has the same kinds of fields in one order. */
export function fieldsOfServer(
  { id, title, description, category, tags }: RoutableServer,
  tools: readonly (readonly ToolField[])[],
): Field[] {
  const ofTools = (place: Place): string[] =>
    tools.flatMap((fields) => fields.flatMap((field) => (field.place === place ? field.terms : [])));
  return [
    {
      terms: termsOf([...wordsOfName(id), ...wordsOf(title), ...wordsOfName(title)]),
      weight: 2.5,
      dilution: 0.3,
    },
    { terms: termsOf(wordsOf(description)), weight: 1.5, dilution: 0.6 },
    { terms: termsOf(wordsOf([category, ...tags].join(' '))), weight: 1, dilution: 0.3 },
    { terms: ofTools('tool name'), weight: 0.8, dilution: 0.75 },
    { terms: ofTools('description'), weight: 0.6, dilution: 0.75 },
    { terms: ofTools('examples'), weight: 0.6, dilution: 0.75 },
  ];
}

/** What is compared of a tool, or of a server whose tools are unknown. */
export function createToolFields(
  server: RoutableServer,
  products: readonly ProductMatch[] = productsOf(server),
): (tool: RoutableTool | undefined) => ToolField[] {
  const { id, title, description, category, tags, tools } = server;
  const phrases = phrasesOf(products, commonWords(tools));
  const shared: ToolField[] = [
    { place: 'server', terms: termsOf([...wordsOfName(id), ...wordsOf(title)]), weight: 1.2, dilution: 0.3 },
    {
      place: 'server',
      terms: termsOf(wordsOf(`${description} ${category} ${tags.join(' ')}`)),
      weight: tools.length > 0 ? 0.4 : 2.4,
      dilution: 0.75,
    },
  ];
  return (tool) => [...ownFields(tool, phrases(tool?.name)), ...shared];
}

/** How many words all tools of a server begin with, as `mcp__jira__create` and `mcp__jira__search`. */
function commonWords(tools: readonly RoutableTool[]): number {
  const names = tools.map(({ name }) => wordsOfName(name));
  const [first = []] = names;
  if (names.length < LEAST_ALIKE) return 0;
  const differs = first.findIndex((word, at) =>
    names.some((words) => words[at] !== word || words.length <= at + 1),
  );
  return differs === -1 ? 0 : differs;
}

/** Two tools may begin alike by chance. */
const LEAST_ALIKE = 3;

function ownFields(tool: RoutableTool | undefined, phrases: readonly string[]): ToolField[] {
  const { name = '', description = '', params = [], examples = [] } = tool ?? {};
  const field = (place: Place, words: readonly string[], weight: number, dilution: number): ToolField => ({
    place,
    terms: termsOf(words),
    weight,
    dilution,
  });
  return [
    field('tool name', wordsOfName(name), 2.5, 0.4),
    field('description', wordsOf(description), 1.8, 0.6),
    field(
      'arguments',
      params.flatMap(([param]) => wordsOfName(param)),
      0.6,
      0.75,
    ),
    field(
      'arguments',
      params.flatMap(([, text]) => wordsOf(text)),
      0.4,
      0.75,
    ),
    field('phrases', phrases.flatMap(wordsOf), 1.5, 0.4),
    field('examples', examples.flatMap(wordsOf), 0.5, 0.6),
  ];
}

/**
 * Finds what users say to mean a tool of a known product. What the names of its tools begin with does not matter, be it the
 * product's name or so many words they have in common.
 */
function phrasesOf(
  products: readonly ProductMatch[],
  common: number,
): (tool: string | undefined) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  const prefixes: string[] = [];
  for (const { product, id } of products) {
    prefixes.push(`${wordsOf(id).join(' ')} `);
    for (const [tool, phrases] of Object.entries(product.tools ?? {})) {
      known.set(bare(tool, prefixes), phrases);
    }
  }
  const all = [...known.values()].flat();
  // Of a server whose tools are unknown, its product's are the best guess.
  return (tool) => {
    if (tool === undefined) return all;
    const short = wordsOfName(tool).slice(common).join(' ');
    return known.get(bare(tool, prefixes)) ?? known.get(short) ?? [];
  };
}

function bare(tool: string, prefixes: readonly string[]): string {
  const name = wordsOfName(tool).join(' ');
  const prefix = prefixes.find((each) => name.startsWith(each));
  return prefix === undefined ? name : name.slice(prefix.length);
}
