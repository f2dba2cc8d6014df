import { isRecord, type Json, type JsonObject } from '../core/json.ts';
import { declaredValue } from '../mcp/declared-value.ts';
import { properties } from '../mcp/tool-arguments.ts';

/**
 * Arguments for a first try of a tool: what the schema requires, by its own examples and defaults where it has some.
 * A server may still refuse them: a schema does not say everything.
 */
export function sampleArguments(inputSchema: JsonObject): JsonObject {
  const whole = declaredValue(inputSchema);
  return isRecord(whole) ? (whole as JsonObject) : sampleObject(inputSchema, 0);
}

const DEEPEST = 6;

function sampleOf(schema: JsonObject, depth: number): Json {
  if (depth > DEEPEST) return null;
  const declared = declaredValue(schema);
  if (declared !== undefined) return declared;
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const options = schema[key];
    if (Array.isArray(options) && isRecord(options[0])) return sampleOf(options[0] as JsonObject, depth + 1);
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'number':
    case 'integer':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return false;
    case 'null':
      return null;
    case 'array':
      return isRecord(schema.items) && Number(schema.minItems ?? 0) > 0
        ? [sampleOf(schema.items as JsonObject, depth + 1)]
        : [];
    case 'object':
      return sampleObject(schema, depth);
    default:
      return sampleText(schema);
  }
}

function sampleObject(schema: JsonObject, depth: number): JsonObject {
  const required = Array.isArray(schema.required) ? schema.required : [];
  const known = properties(schema);
  return Object.fromEntries(
    required.map((name) => [String(name), sampleOf(known[String(name)] ?? {}, depth + 1)] as const),
  );
}

const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  email: 'someone@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function sampleText({ format, minLength }: JsonObject): string {
  const text = BY_FORMAT[String(format)] ?? 'example';
  return text.padEnd(typeof minLength === 'number' ? Math.min(minLength, 1000) : 0, 'x');
}
