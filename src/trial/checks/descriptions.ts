import { isRecord, type JsonObject } from '../../core/json.ts';
import { properties } from '../../mcp/tool-arguments.ts';
import type { Check, Problem } from '../check.ts';
import { nameOf, textOf } from '../definitions.ts';

const toolsDescribed: Check = {
  id: 'tools-described',
  eras: 'first',
  async examine(scene) {
    return (await scene.definitions()).tools.flatMap((tool): Problem[] => {
      const subject = nameOf(tool);
      const text = textOf(tool.description).trim();
      if (text === '') return [{ subject, message: 'it has no description' }];
      const isName =
        text.replaceAll(/[\s_.-]/g, '').toLowerCase() === subject.replaceAll(/[_.-]/g, '').toLowerCase();
      return isName
        ? [{ subject, severity: 'warning', message: 'its description only repeats its name' }]
        : [];
    });
  },
};

const parametersDescribed: Check = {
  id: 'parameters-described',
  eras: 'first',
  async examine(scene) {
    return (await scene.definitions()).tools.flatMap((tool) => {
      const schema = isRecord(tool.inputSchema) ? (tool.inputSchema as JsonObject) : {};
      const silent = Object.entries(properties(schema))
        .filter(([, property]) => !speaks(property, schema))
        .map(([name]) => name);
      return silent.length === 0
        ? []
        : [{ subject: nameOf(tool), message: `no description of ${silent.join(', ')}` }];
    });
  },
};

/** A choice of few words says what it is; a reference may be described where it leads. */
function speaks(property: unknown, root: JsonObject): boolean {
  if (!isRecord(property)) return false;
  if (
    textOf(property.description).trim() !== '' ||
    property.const !== undefined ||
    Array.isArray(property.enum)
  )
    return true;
  const [, name] = /^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(textOf(property.$ref)) ?? [];
  const all: Record<string, unknown> = {
    ...(isRecord(root.definitions) && root.definitions),
    ...(isRecord(root.$defs) && root.$defs),
  };
  const definition = name === undefined ? undefined : all[name];
  return isRecord(definition) && textOf(definition.description) !== '';
}

const promptsDescribed: Check = {
  id: 'prompts-described',
  eras: 'first',
  async examine(scene) {
    const { items } = (await scene.definitions()).lists.prompts;
    if (items.length === 0) return { skipped: 'it lists no prompts' };
    const seen = new Set<string>();
    return items.flatMap((prompt): Problem[] => {
      const subject = nameOf(prompt);
      const problems: Problem[] = [];
      if (seen.has(subject))
        problems.push({ subject, severity: 'error', message: 'another prompt has the same name' });
      seen.add(subject);
      if (textOf(prompt.description).trim() === '')
        problems.push({ subject, message: 'it has no description' });
      const wanted = (Array.isArray(prompt.arguments) ? prompt.arguments : []).filter(
        isRecord,
      ) as JsonObject[];
      const silent = wanted.filter(({ description }) => textOf(description).trim() === '').map(nameOf);
      if (silent.length > 0) problems.push({ subject, message: `no description of ${silent.join(', ')}` });
      return problems;
    });
  },
};

const resourcesDescribed: Check = {
  id: 'resources-described',
  eras: 'first',
  async examine(scene) {
    const { lists } = await scene.definitions();
    const { resources, resourceTemplates } = lists;
    if (resources.items.length + resourceTemplates.items.length === 0)
      return { skipped: 'it lists no resources' };
    const seen = new Set<string>();
    return [
      ...resources.items.flatMap((item): Problem[] => {
        const uri = textOf(item.uri);
        const isTwice = seen.has(uri);
        seen.add(uri);
        return [
          ...(URL.canParse(uri)
            ? []
            : [{ subject: nameOf(item), message: `its uri ${JSON.stringify(uri)} is none` }]),
          ...(isTwice ? [{ subject: uri, message: 'another resource has the same uri' }] : []),
          ...unnamed(item),
        ];
      }),
      ...resourceTemplates.items.flatMap((item) => [
        ...(textOf(item.uriTemplate) === ''
          ? [{ subject: nameOf(item), message: 'it has no uriTemplate' }]
          : []),
        ...unnamed(item),
      ]),
    ];
  },
};

function unnamed(item: JsonObject): Problem[] {
  return textOf(item.name) === '' ? [{ subject: nameOf(item), message: 'it has no name' }] : [];
}

/** Tokens, at four characters each, which is about right for JSON and English. */
const MANY_TOKENS = 10_000;
const MANY_TOKENS_OF_ONE = 2_500;
/** Cursor's limit; what one server takes is missing for the others. */
const MANY_TOOLS = 40;

const listSize: Check = {
  id: 'list-size',
  eras: 'first',
  async examine(scene) {
    const { tools } = await scene.definitions();
    const sizes = tools.map((tool) => ({
      subject: nameOf(tool),
      tokens: Math.ceil(JSON.stringify(tool).length / 4),
    }));
    const total = sizes.reduce((sum, { tokens }) => sum + tokens, 0);
    const problems: Problem[] = sizes
      .filter(({ tokens }) => tokens > MANY_TOKENS_OF_ONE)
      .map(({ subject, tokens }) => ({ subject, message: `its definition takes about ${tokens} tokens` }));
    if (total > MANY_TOKENS)
      problems.push({ message: `${tools.length} definitions take about ${total} tokens` });
    if (tools.length > MANY_TOOLS)
      problems.push({ message: `it has ${tools.length} tools, and Cursor takes ${MANY_TOOLS} in all` });
    return problems;
  },
};

export const DESCRIPTION_CHECKS: readonly Check[] = [
  toolsDescribed,
  parametersDescribed,
  promptsDescribed,
  resourcesDescribed,
  listSize,
];
