import { isRecord, type JsonObject } from '../core/json.ts';
import { declaredValue } from '../mcp/declared-value.ts';
import { properties } from '../mcp/tool-arguments.ts';
import type { Tool } from '../mcp/tools.ts';

/** A call to make for an example. */
export interface SampleCall {
  readonly tool: string;
  readonly arguments: JsonObject;
  /** What it shows, in the words of who wrote it down; only such a tool has several examples. */
  readonly label?: string;
}

/**
 * The calls that are harmless by what the server says: tools that only read and stay within the server, with the
 * examples and defaults of their own schemas as arguments. A tool that needs more than that has none.
 */
export function harmlessCalls(tools: readonly Tool[]): SampleCall[] {
  return tools.flatMap((tool) => {
    const { annotations } = tool;
    const isHarmless =
      isRecord(annotations) && annotations.readOnlyHint === true && annotations.openWorldHint === false;
    const given = isHarmless ? sampleOf(tool.inputSchema) : undefined;
    return given ? [{ tool: tool.name, arguments: given }] : [];
  });
}

/** Arguments made of a schema's own examples, defaults, constants and choices; undefined when one is left open. */
function sampleOf(schema: JsonObject): JsonObject | undefined {
  const whole = declaredValue(schema);
  if (isRecord(whole)) return whole as JsonObject;
  const known = properties(schema);
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const values: JsonObject = {};
  for (const name of required) {
    const value = declaredValue(known[name] ?? {});
    if (value === undefined) return undefined;
    values[name] = value;
  }
  return values;
}

/** Lines and characters an answer is cut to. */
const MOST_LINES = 40;
const MOST_CHARACTERS = 2_000;

export function cutAnswer(text: string): string {
  const lines = text.trimEnd().split('\n');
  const kept = lines.slice(0, MOST_LINES).join('\n');
  const short = [...kept].slice(0, MOST_CHARACTERS).join('');
  if (short.length === kept.length && lines.length <= MOST_LINES) return kept;
  return `${short.trimEnd()}\n… (cut)`;
}
