import { isRecord } from '../../core/json.ts';
import { properties } from '../../mcp/tool-arguments.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { RoutableTool } from '../../routing/catalogue.ts';

/** Servers write what they like; what comes after so much of it says nothing more of what a tool is for. */
const LONGEST_TEXT = 4000;
const MOST_PARAMS = 100;

/** What routing reads of a tool. */
export function routableTool({ name, description, inputSchema, title }: Tool): RoutableTool {
  const texts = [title, description].filter((text) => typeof text === 'string');
  const params = Object.entries(properties(inputSchema))
    .slice(0, MOST_PARAMS)
    .map(([param, schema]) => [param, textOf(isRecord(schema) ? schema.description : undefined)] as const);
  return { name, description: textOf(texts.join('. ')), params };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : '';
}
