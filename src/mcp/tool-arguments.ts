import { closest } from '../core/closest.ts';
import { McpctlError } from '../core/errors.ts';
import { isRecord, type Json, type JsonObject } from '../core/json.ts';
import { checkSchema, type SchemaProblem } from './schema.ts';
import type { Tool } from './tools.ts';

/** The tool of that name. @throws CALL_TOOL_UNKNOWN, with the nearest names. */
export function findTool(tools: readonly Tool[], name: string, server: string): Tool {
  const found = tools.find((tool) => tool.name === name);
  if (found) return found;
  const near = closest(
    name,
    tools.map((tool) => tool.name),
    3,
  );
  throw new McpctlError('CALL_TOOL_UNKNOWN', `${server} has no tool ${JSON.stringify(name)}.`, {
    hint: near.length > 0 ? `Did you mean: ${near.join(', ')}` : `mcpctl tools ${server}`,
    data: { server, tool: name, suggestions: near },
  });
}

/**
 * Reads `key=value` (made what the schema says: number, boolean, list …) and `key:=json` (as it is) into arguments,
 * over those given as JSON. A key given twice makes a list where the schema has one.
 * @throws CALL_ARGUMENTS.
 */
export function readArguments(words: readonly string[], tool: Tool, given: JsonObject = {}): JsonObject {
  const values: JsonObject = { ...given };
  const repeated = new Set<string>();
  for (const word of words) {
    const [, key, sign, text = ''] = /^([^=:]+(?::[^=:]+)*?)(:?=)(.*)$/s.exec(word) ?? [];
    if (key === undefined) {
      throw wrong(tool, `${JSON.stringify(word)} is neither key=value nor key:=json.`);
    }
    const schema = propertySchema(tool, key);
    const value = sign === ':=' ? parseJson(tool, key, text) : coerce(text, schema, tool, key);
    const earlier = values[key];
    if (repeated.has(key) && Array.isArray(earlier) && Array.isArray(value))
      values[key] = [...earlier, ...value];
    else values[key] = value;
    repeated.add(key);
  }
  return values;
}

/** @throws CALL_ARGUMENTS naming every argument that does not fit the tool's input schema. */
export async function checkArguments(tool: Tool, values: JsonObject): Promise<void> {
  const { problems } = await checkSchema(tool.inputSchema, values);
  if (problems.length > 0) throw unfitArguments(tool, problems);
}

/** CALL_ARGUMENTS that names each of these problems. */
export function unfitArguments(tool: Tool, problems: readonly SchemaProblem[]): McpctlError {
  const lines = problems.map(({ path, message }) => `${path === '' ? 'the arguments' : path} ${message}`);
  return wrong(tool, `The arguments do not fit ${tool.name}: ${lines.join('; ')}.`, {
    problems: problems.map(({ path, message }) => ({ path, message })),
  });
}

/** Short signature of a tool's arguments: required ones as they are, others with a question mark. */
export function argumentNames({ inputSchema }: Tool): string[] {
  const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
  return Object.keys(properties(inputSchema)).map((name) => (required.includes(name) ? name : `${name}?`));
}

export function properties(schema: JsonObject): Record<string, JsonObject> {
  return isRecord(schema.properties) ? (schema.properties as Record<string, JsonObject>) : {};
}

function propertySchema(tool: Tool, key: string): JsonObject | undefined {
  const { inputSchema } = tool;
  const known = properties(inputSchema);
  if (Object.hasOwn(known, key)) return known[key];
  const isOpen =
    isRecord(inputSchema.additionalProperties) ||
    inputSchema.additionalProperties === true ||
    'patternProperties' in inputSchema ||
    Object.keys(known).length === 0;
  if (isOpen) return undefined;
  // Most servers drop an argument they do not know without a word.
  const [near] = closest(key, Object.keys(known));
  const names = argumentNames(tool).join(', ');
  throw wrong(
    tool,
    `${tool.name} has no argument ${JSON.stringify(key)}.`,
    {},
    near ? `Did you mean: ${near}` : `It takes: ${names}`,
  );
}

function parseJson(tool: Tool, key: string, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw wrong(tool, `What follows ${key}:= is not JSON: ${(error as Error).message}.`);
  }
}

function coerce(text: string, schema: JsonObject | undefined, tool: Tool, key: string): Json {
  const types = schema ? typesOf(schema) : new Set<string>();
  if (types.has('string') || types.size === 0) return text;
  if ((types.has('number') || types.has('integer')) && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text)) {
    return Number(text);
  }
  if (types.has('boolean') && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  if (types.has('null') && text === 'null') return null;
  if (types.has('object') && text.startsWith('{')) return parseJson(tool, key, text);
  if (types.has('array')) {
    if (text.startsWith('[')) return parseJson(tool, key, text);
    const items = isRecord(schema?.items) ? (schema.items as JsonObject) : undefined;
    return [coerce(text, items, tool, key)];
  }
  // Left as text: the check against the schema says what is expected.
  return text;
}

function typesOf(schema: JsonObject): Set<string> {
  const own = Array.isArray(schema.type) ? schema.type : [schema.type];
  const types = new Set(own.filter((type) => typeof type === 'string'));
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const options = schema[key];
    for (const option of Array.isArray(options) ? options : []) {
      if (isRecord(option)) for (const type of typesOf(option as JsonObject)) types.add(type);
    }
  }
  if (types.size === 0 && Array.isArray(schema.enum))
    for (const value of schema.enum) types.add(typeof value);
  return types;
}

function wrong(tool: Tool, message: string, data: Record<string, unknown> = {}, hint?: string): McpctlError {
  const takes = argumentNames(tool).join(', ');
  return new McpctlError('CALL_ARGUMENTS', message, {
    hint: hint ?? (takes === '' ? 'It takes no arguments.' : `It takes: ${takes}`),
    data: { tool: tool.name, ...data },
  });
}
