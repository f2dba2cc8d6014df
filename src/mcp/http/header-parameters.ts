import { isRecord, type Json } from '../../core/json.ts';

/** Parameters of one tool that travel as headers: header name → path of the argument. */
export type HeaderParameters = ReadonlyMap<string, readonly string[]>;

/** Why a tool must not be offered over HTTP. */
interface Violation {
  readonly violation: string;
}

const ANNOTATION = 'x-mcp-header';

/** RFC 9110's token, of which a header name is made. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const PRIMITIVE = new Set<unknown>(['string', 'integer', 'boolean']);

/**
 * The parameters one input schema annotates with `x-mcp-header` (2026-07-28): each a token, unique whatever its case,
 * on a string, integer or boolean that is reached through `properties` alone.
 */
export function headerParameters(schema: unknown): HeaderParameters | Violation {
  const found = new Map<string, readonly string[]>();
  const violation = collect(schema, [], found);
  return violation === undefined ? found : { violation };
}

function collect(schema: unknown, path: readonly string[], found: Map<string, readonly string[]>): Reason {
  if (!isRecord(schema)) return undefined;
  const { properties, ...rest } = schema;
  for (const [keyword, value] of Object.entries(rest)) {
    // That of a property was looked at with the property.
    if (keyword === ANNOTATION && path.length > 0) continue;
    if (isAnnotated(keyword, value)) return `has a header where no property is, at ${keyword}`;
  }
  for (const [name, property] of Object.entries(isRecord(properties) ? properties : {})) {
    if (!isRecord(property)) continue;
    const own = [...path, name];
    const violation = annotation(property, own, found) ?? collect(property, own, found);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

type Reason = string | undefined;

function annotation(
  property: Record<string, unknown>,
  path: readonly string[],
  found: Map<string, readonly string[]>,
): Reason {
  if (!(ANNOTATION in property)) return undefined;
  const header = property[ANNOTATION];
  const where = path.join('.');
  if (typeof header !== 'string' || !TOKEN.test(header)) return `names no header for ${where}`;
  // A value that may be null is a value still; no header is sent for null.
  const types = [property.type].flat().filter((type) => type !== 'null');
  if (types.length !== 1 || !PRIMITIVE.has(types[0]))
    return `wants a header for ${where}, which is no plain value`;
  const key = header.toLowerCase();
  if (found.has(key)) return `names the header ${header} twice`;
  found.set(key, path);
  return undefined;
}

/** Keywords whose values are data, and those whose keys are names. */
const DATA = new Set(['default', 'const', 'enum', 'examples']);
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

/** True when there is an annotation in a keyword that does not lead to a property by `properties` alone. */
function isAnnotated(keyword: string, value: unknown): boolean {
  if (keyword === ANNOTATION) return true;
  if (DATA.has(keyword)) return false;
  const schemas = NAMED.has(keyword) && isRecord(value) ? Object.values(value) : [value].flat();
  return schemas.some(
    (schema) => isRecord(schema) && Object.entries(schema).some(([key, item]) => isAnnotated(key, item)),
  );
}

export interface ToolListing {
  /** The answer without tools that must not be offered; the bytes as they came when there are none. */
  readonly bytes: Buffer;
  /** The tools left out, each with the reason. */
  readonly hidden: readonly { readonly name: string; readonly reason: string }[];
  /** Where the next page begins. */
  readonly nextCursor?: Json;
}

/** Learns from an answer to `tools/list` which arguments travel as headers. */
export function readListing(answer: Buffer, learnt: Map<string, HeaderParameters>): ToolListing {
  const message: unknown = JSON.parse(answer.toString('utf8'));
  const result = isRecord(message) && isRecord(message.result) ? message.result : {};
  const { tools, nextCursor } = result;
  if (!Array.isArray(tools)) return { bytes: answer, hidden: [] };
  const hidden: { name: string; reason: string }[] = [];
  const offered = tools.filter((tool) => {
    if (!isRecord(tool) || typeof tool.name !== 'string') return true;
    const parameters = headerParameters(tool.inputSchema);
    learnt.delete(tool.name);
    if ('violation' in parameters) hidden.push({ name: tool.name, reason: parameters.violation });
    else if (parameters.size > 0) learnt.set(tool.name, parameters);
    return !('violation' in parameters);
  });
  const page = nextCursor === undefined ? {} : { nextCursor: nextCursor as Json };
  if (hidden.length === 0) return { bytes: answer, hidden, ...page };
  const rest = { ...(message as object), result: { ...result, tools: offered } };
  return { bytes: Buffer.from(JSON.stringify(rest)), hidden, ...page };
}
