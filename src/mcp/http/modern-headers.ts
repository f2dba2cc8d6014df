import { isRecord, type Json, type JsonObject } from '../../core/json.ts';

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** Parameters of tools that travel as headers: tool name → header name → path of the argument. */
export type HeaderParameters = Map<string, Map<string, string[]>>;

/** True when a message may be of the stateless era, told without parsing it. */
export function mayBeModern(bytes: Buffer): boolean {
  return bytes.includes(VERSION_KEY);
}

/** The headers 2026-07-28 wants beside a message, or undefined when the message is of an older revision. */
export function modernHeaders(
  message: unknown,
  parameters: HeaderParameters,
): Record<string, string> | undefined {
  if (!isRecord(message) || !isRecord(message.params) || !isRecord(message.params._meta)) return undefined;
  const { method } = message;
  const version = message.params._meta[VERSION_KEY];
  if (typeof version !== 'string' || typeof method !== 'string') return undefined;
  const { name, uri, arguments: values } = message.params;
  const headers: Record<string, string> = { 'mcp-protocol-version': version, 'mcp-method': method };
  const subject = method === 'resources/read' ? uri : NAMED.has(method) ? name : undefined;
  if (typeof subject === 'string') headers['mcp-name'] = headerValue(subject);
  if (method !== 'tools/call') return headers;
  for (const [header, path] of parameters.get(String(name)) ?? []) {
    const value = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), values);
    if (['string', 'number', 'boolean'].includes(typeof value)) {
      headers[`mcp-param-${header}`] = headerValue(String(value));
    }
  }
  return headers;
}

const NAMED = new Set(['tools/call', 'prompts/get']);

/** Remembers which arguments of the listed tools travel as headers. */
export function learnParameters(tools: Json | undefined, parameters: HeaderParameters): void {
  if (!Array.isArray(tools)) return;
  for (const tool of tools) {
    if (!isRecord(tool) || typeof tool.name !== 'string') continue;
    const found = headerParameters(tool.inputSchema as Json);
    if (found) parameters.set(tool.name, found);
  }
}

/**
 * Header name → path of the argument, of one input schema. Undefined when a header breaks the rules: a token, unique
 * whatever its case, on a string, integer or boolean. Such a tool must not be offered over HTTP.
 */
export function headerParameters(schema: Json): Map<string, string[]> | undefined {
  const found = new Map<string, string[]>();
  return collect(schema, [], found) ? found : undefined;
}

function collect(schema: Json, path: string[], found: Map<string, string[]>): boolean {
  if (!isRecord(schema) || !isRecord(schema.properties)) return true;
  return Object.entries(schema.properties as JsonObject).every(([key, property]) => {
    if (!isRecord(property)) return true;
    const own = [...path, key];
    if ('x-mcp-header' in property) {
      const header = property['x-mcp-header'];
      if (typeof header !== 'string' || !TOKEN.test(header) || found.has(header.toLowerCase())) return false;
      if (!['string', 'integer', 'boolean'].includes(String(property.type))) return false;
      found.set(header.toLowerCase(), own);
    }
    return collect(property as Json, own, found);
  });
}

const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/** As it is when it is plain ASCII without outer blanks, else in the base64 form of the specification. */
function headerValue(value: string): string {
  const isPlain =
    /^([\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?)?$/.test(value) && !/^=\?base64\?.*\?=$/.test(value);
  return isPlain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
