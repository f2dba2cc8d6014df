import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { isRecord } from '../../core/json.ts';
import type { ServerTools } from '../../gateway/servers/survey-tools.ts';
import { argumentNames, properties } from '../../mcp/tool-arguments.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { Style } from '../../platform/style.ts';

/** Tools of one server: name, effect, arguments, description. */
export function renderTools(tools: readonly Tool[], style: Style, width: number): string {
  if (tools.length === 0) return 'No tools.';
  const head = ['tool', 'effect', 'arguments', 'description'].map((cell) => style.dim(cell));
  const rows = tools.map((tool) => [
    plainLine(tool.name),
    effectOf(tool),
    plainLine(argumentNames(tool).join(' ')) || '-',
    plainLine(String(tool.description ?? '')),
  ]);
  return table({ head, rows, width });
}

/** What listing them costs, in tokens. */
export function tellCost(tokens: number): string {
  return `About ${tokens.toLocaleString('en-US')} tokens in every conversation that lists them.`;
}

export function renderSurvey(found: readonly ServerTools[], style: Style, width: number): string {
  return found
    .map(({ server, tools, error }) => {
      const title = style.bold(server);
      if (error) return `${title}\n${style.red('error')} ${error.code} ${error.message}`;
      return `${title}\n${renderTools(tools, style, width)}`;
    })
    .join('\n\n');
}

/** One tool with each of its arguments. */
export function renderTool(tool: Tool, style: Style, width: number): string {
  const required = Array.isArray(tool.inputSchema.required) ? tool.inputSchema.required : [];
  const rows = Object.entries(properties(tool.inputSchema)).map(([name, schema]) => [
    plainLine(name),
    plainLine(typeOf(schema)),
    required.includes(name) ? 'required' : '',
    plainLine(isRecord(schema) ? String(schema.description ?? '') : ''),
  ]);
  const head = ['argument', 'type', '', 'description'].map((cell) => style.dim(cell));
  const list = rows.length === 0 ? 'It takes no arguments.' : table({ head, rows, width });
  const text = plainLine(String(tool.description ?? ''));
  return [`${style.bold(plainLine(tool.name))}  ${effectOf(tool)}`, ...(text ? [text] : []), '', list].join(
    '\n',
  );
}

/** What the server claims of a tool; without a claim it may change things. */
function effectOf({ annotations }: Tool): string {
  if (!isRecord(annotations)) return '?';
  if (annotations.readOnlyHint === true) return 'reads';
  return annotations.destructiveHint === false ? 'writes' : 'changes';
}

function typeOf(schema: unknown): string {
  if (!isRecord(schema)) return 'any';
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => JSON.stringify(value)).join('|');
  if (schema.type === 'array') return `${typeOf(schema.items)}[]`;
  if (Array.isArray(schema.type)) return schema.type.join('|');
  return typeof schema.type === 'string' ? schema.type : 'any';
}
