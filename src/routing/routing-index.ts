import type { RoutableServer, RoutableTool } from './catalogue.ts';
import { createToolFields, fieldsOfServer } from './fields.ts';
import { type Action, actionOffered, isAction } from './intent.ts';
import { createLinkIndex, type LinkIndex } from './links.ts';
import { productsOf } from './products.ts';
import { type ExampleModel, trainExamples } from './scoring/example-model.ts';
import { createTextIndexBuilder, type TextIndex } from './scoring/text-index.ts';
import { createSpelling, type Spelling } from './text/spelling.ts';
import { STOP_WORDS } from './text/stop-words.ts';
import { createThesaurus, type Thesaurus } from './text/thesaurus.ts';
import { stemOf, termsOf, wordsOf } from './text/words.ts';
import { createToolNames, type ToolNames } from './tool-names.ts';

/** A tool that can be ranked; of a server nothing is known of, the server as a whole. */
export interface Candidate {
  readonly server: number;
  readonly tool: RoutableTool | undefined;
  readonly offered: readonly Action[];
}

/** Everything that is worked out once for a set of servers. */
export interface RoutingIndex {
  readonly servers: readonly RoutableServer[];
  /** Those of one server stand together, in its order. */
  readonly candidates: readonly Candidate[];
  readonly toolTexts: TextIndex;
  readonly serverTexts: TextIndex;
  readonly links: LinkIndex;
  readonly toolNames: ToolNames;
  /** What a server that is a well-known product has ahead of others. */
  readonly renown: readonly number[];
  readonly thesaurus: Thesaurus;
  readonly spelling: Spelling;
  /** Absent where few tools have examples. */
  readonly examples: ExampleModel | undefined;
}

const RENOWN = 0.03;

export function createRoutingIndex(servers: readonly RoutableServer[]): RoutingIndex {
  const thesaurus = createThesaurus();
  const candidates: Candidate[] = [];
  const products = servers.map(productsOf);
  const toolTexts = createTextIndexBuilder();
  const texts = createTextIndexBuilder();
  for (const [server, facts] of servers.entries()) {
    const fieldsOfTool = createToolFields(facts, products[server]);
    const tools = facts.tools.length > 0 ? facts.tools : [undefined];
    const fields = tools.map(fieldsOfTool);
    for (const tool of tools) candidates.push({ server, tool, offered: tool ? actionOffered(tool) : [] });
    for (const each of fields) toolTexts.add(each);
    texts.add(fieldsOfServer(facts, fields));
  }
  const serverTexts = texts.finish();
  const rarest = serverTexts.rareness('');
  const plain = plainWords(servers);
  const tools = toolTexts.finish();
  const links = createLinkIndex({
    servers,
    products,
    isOrdinary: (word) =>
      plain.has(word) || STOP_WORDS.has(word) || thesaurus.alternatives(stemOf(word)).length > 0,
    rareness: (word) => serverTexts.rareness(stemOf(word)) / rarest,
  });
  return {
    servers,
    candidates,
    toolTexts: tools,
    serverTexts,
    links,
    spelling: spellingOf([tools, serverTexts], links, thesaurus),
    thesaurus,
    renown: products.map((found) => (found.some(({ certainty }) => certainty === 1) ? RENOWN : 0)),
    toolNames: createToolNames(candidates.map(({ tool }) => tool?.name)),
    examples: learn(candidates, servers),
  };
}

/** Knows the words of names and nouns, and the stems of all texts. */
function spellingOf(texts: readonly TextIndex[], links: LinkIndex, thesaurus: Thesaurus): Spelling {
  const names = new Set(links.words());
  const isKnown = (word: string): boolean =>
    names.has(word) ||
    STOP_WORDS.has(word) ||
    isAction(word) ||
    thesaurus.alternatives(stemOf(word)).length > 0 ||
    texts.some((index) => index.postings(stemOf(word)) !== undefined);
  return createSpelling({ names, stems: texts.flatMap((index) => [...index.terms()]), isKnown });
}

/** Below this share of tools with examples the others would lose to them, whatever is asked. */
const LEAST_TAUGHT = 0.5;

/** Of tools with examples, their descriptions teach as well. */
function learn(
  candidates: readonly Candidate[],
  servers: readonly RoutableServer[],
): ExampleModel | undefined {
  const taught = [...candidates.entries()].filter(([, { tool }]) => (tool?.examples?.length ?? 0) > 0);
  if (taught.length < LEAST_TAUGHT * candidates.length) return undefined;
  return trainExamples(
    taught.flatMap(([candidate, { tool, server }]) =>
      [
        `${servers[server]?.title ?? ''} ${tool?.name ?? ''} ${tool?.description ?? ''}`,
        ...(tool?.examples ?? []),
      ].map((text) => ({
        candidate,
        terms: termsOf(wordsOf(text)),
      })),
    ),
  );
}

/** Words that at least two servers use in lower case inside a sentence: they name nothing, whoever is called so. */
function plainWords(servers: readonly RoutableServer[]): ReadonlySet<string> {
  const users = new Map<string, number>();
  for (const { description, tools } of servers) {
    const text = [description, ...tools.map((tool) => tool.description)].join(' . ');
    for (const word of new Set(text.match(/(?<=[a-z,] )[a-z]{2,}(?![\w./-])/g))) {
      users.set(word, (users.get(word) ?? 0) + 1);
    }
  }
  return new Set([...users].flatMap(([word, count]) => (count > 1 ? [word] : [])));
}
