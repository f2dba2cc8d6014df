import { isRecord, type JsonObject } from '../core/json.ts';
import { quoted } from '../core/shell-quote.ts';
import type { Tool } from '../mcp/tools.ts';
import { type Block, heading, paragraph, prose, type Text, table } from './blocks.ts';
import { type Parameter, parametersOf } from './parameters.ts';
import type { Example } from './server-description.ts';

export interface ToolPlace {
  /** What the manifest calls its server. */
  readonly server: string;
  readonly examples: readonly Example[];
  /** Level of the tool's own heading. */
  readonly level: 1 | 3;
  readonly id: string;
}

/** One tool: what it does, what it takes, what it answers, and calls that were made. */
export function toolBlocks(tool: Tool, { server, examples, level, id }: ToolPlace): Block[] {
  const below = level === 1 ? 2 : 4;
  const title = titleOf(tool);
  const section = (name: string): Block => heading(below, `${id}-${name.toLowerCase()}`, name);
  return [
    heading(level, id, { code: tool.name }),
    ...(title === undefined || title === tool.name ? [] : [paragraph({ strong: title })]),
    ...prose(tool.description),
    paragraph(effectOf(tool)),
    section('Parameters'),
    ...schemaBlocks(tool.inputSchema, 'It takes none.', `Parameters of ${tool.name}`),
    section('Answer'),
    ...(isRecord(tool.outputSchema)
      ? schemaBlocks(
          tool.outputSchema as JsonObject,
          'An object whose members are not described.',
          `Answer of ${tool.name}`,
        )
      : [paragraph('Text or other content; the server describes no structure.')]),
    ...(examples.length > 0 ? [section(examples.length > 1 ? 'Examples' : 'Example')] : []),
    ...examples.flatMap((example) => exampleBlocks(server, example)),
  ];
}

/** The name for people, which older servers keep among the annotations. */
export function titleOf({ title, annotations }: Tool): string | undefined {
  const named = title ?? (isRecord(annotations) ? annotations.title : undefined);
  return typeof named === 'string' && named !== '' ? named : undefined;
}

/** A word for the list of tools. */
export function effectWord({ annotations }: Tool): string {
  if (!isRecord(annotations)) return 'not said';
  if (annotations.readOnlyHint === true) return 'reads';
  return annotations.destructiveHint === false ? 'writes' : 'may destroy';
}

/** What the server claims of a tool, as sentences. */
function effectOf({ annotations }: Tool): string {
  if (!isRecord(annotations)) return 'The server does not say whether it changes anything.';
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations;
  return [
    readOnlyHint === true
      ? 'Only reads.'
      : destructiveHint === false
        ? 'Adds or changes, and destroys nothing.'
        : 'May change or destroy.',
    ...(readOnlyHint !== true && idempotentHint === true
      ? ['Calling it again with the same arguments changes nothing more.']
      : []),
    ...(openWorldHint === true ? ['Reaches systems outside the server.'] : []),
    ...(openWorldHint === false ? ['Stays within the server.'] : []),
  ].join(' ');
}

function schemaBlocks(schema: JsonObject, none: string, label: string): Block[] {
  const { rows, isCut } = parametersOf(schema);
  if (rows.length === 0) return [paragraph(none)];
  return [
    ...table(label, ['name', 'type', '', 'description'], rows.map(parameterRow)),
    ...(isCut ? [paragraph('There are more; the schema of the server has them all.')] : []),
  ];
}

function parameterRow({ path, type, isRequired, description, rules }: Parameter): Text[] {
  const sentences = rules.flatMap((rule): Text => [' ', ...rule]);
  return [
    [{ code: path }],
    [type],
    [isRequired ? 'required' : ''],
    description === '' ? sentences.slice(1) : [description, ...sentences],
  ];
}

function exampleBlocks(
  server: string,
  { tool, label, arguments: given, answer, isJson, isError }: Example,
): Block[] {
  const words = Object.entries(given).map(([name, value]) =>
    typeof value === 'string' && !/^\s|\s$/.test(value)
      ? `${name}=${value}`
      : `${name}:=${JSON.stringify(value)}`,
  );
  return [
    ...(label === undefined ? [] : [paragraph(`${label}:`)]),
    {
      kind: 'code',
      language: 'sh',
      text: ['mcpctl call', quoted(server), quoted(tool), ...words.map(quoted)].join(' '),
    },
    paragraph(isError ? 'It refuses:' : 'It answers:'),
    { kind: 'code', language: isJson ? 'json' : 'text', text: answer, isAnswer: true },
  ];
}
