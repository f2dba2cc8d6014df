import { isRecord, type JsonObject } from '../../core/json.ts';
import type { HeaderParameters } from './header-parameters.ts';

const VERSION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** A request or notification of the stateless era. */
export interface ModernMessage {
  readonly method: string;
  readonly params: JsonObject & { readonly _meta: JsonObject };
}

/** Reads a message of the stateless era; undefined when it is of an older revision, mostly told without parsing it. */
export function readModern(bytes: Buffer): ModernMessage | undefined {
  if (!bytes.includes(VERSION_KEY)) return undefined;
  const message: unknown = JSON.parse(bytes.toString('utf8'));
  if (!isRecord(message) || !isRecord(message.params) || !isRecord(message.params._meta)) return undefined;
  const isModern = typeof message.params._meta[VERSION_KEY] === 'string';
  return isModern && typeof message.method === 'string' ? (message as unknown as ModernMessage) : undefined;
}

/** The headers 2026-07-28 wants beside a message. */
export function modernHeaders(
  { method, params }: ModernMessage,
  parameters: HeaderParameters | undefined,
): Record<string, string> {
  const { name, uri, arguments: values, _meta } = params;
  const headers: Record<string, string> = {
    'mcp-protocol-version': String(_meta[VERSION_KEY]),
    'mcp-method': method,
  };
  const subject = method === 'resources/read' ? uri : NAMED.has(method) ? name : undefined;
  if (typeof subject === 'string') headers['mcp-name'] = headerValue(subject);
  if (method !== 'tools/call') return headers;
  for (const [header, path] of parameters ?? []) {
    const value = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), values);
    if (['string', 'number', 'boolean'].includes(typeof value)) {
      headers[`mcp-param-${header}`] = headerValue(String(value));
    }
  }
  return headers;
}

const NAMED = new Set(['tools/call', 'prompts/get']);

/** As it is when it is plain ASCII without outer blanks, else in the base64 form of the specification. */
function headerValue(value: string): string {
  const isPlain =
    /^([\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?)?$/.test(value) && !/^=\?base64\?.*\?=$/.test(value);
  return isPlain ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}
