import type { Json, JsonObject } from '../../core/json.ts';
import { membersAt, type Span, skipSpace } from '../../mcp/json-scan.ts';
import { isLookAlike } from '../../mcp/look-alike.ts';
import { type Change, splice } from '../../mcp/splice.ts';

const PREFIX = 'io.modelcontextprotocol/';
/** What the modern era says with each request, which is one side's business. */
const MODERN_KEYS = ['protocolVersion', 'clientInfo', 'clientCapabilities', 'logLevel'].map(
  (key) => `${PREFIX}${key}`,
);
export const LOG_LEVEL_KEY = `${PREFIX}logLevel`;

export interface RequestLineOptions {
  readonly id: number;
  readonly method: string;
  readonly params: JsonObject;
  /** The client's line, where its params are the same but for the name. */
  readonly line: Buffer | undefined;
  /** Members of `_meta` to set, or to take out when undefined. */
  readonly meta: Readonly<Record<string, Json | undefined>>;
  /** Answers to what the server asked, with the state that belongs to them, as JSON text. */
  readonly input?: RequestInput | undefined;
}

export interface RequestInput {
  readonly responses: string | undefined;
  readonly state: string | undefined;
}

/** A request as a server gets it, the client's bytes where there are any. */
export function requestLine(options: RequestLineOptions): Buffer {
  const { id, method, params, line, input } = options;
  const plain = plainRequestLine(options);
  if (plain) return plain;
  const meta = { ...Object.fromEntries(MODERN_KEYS.map((key) => [key, undefined])), ...options.meta };
  const changes: Change[] = Object.entries(meta).map(([key, value]) => ({
    path: ['params', '_meta', key],
    json: value === undefined ? undefined : JSON.stringify(value),
  }));
  if (input) {
    changes.push({ path: ['params', 'inputResponses'], json: input.responses });
    changes.push({ path: ['params', 'requestState'], json: input.state });
  }
  changes.push({ path: ['id'], json: String(id) });
  if (!line) return splice(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method, params })), changes);
  const { name } = params;
  if (typeof name === 'string') changes.push({ path: ['params', 'name'], json: JSON.stringify(name) });
  return splice(line, changes, isLookAlike);
}

const PLAIN_UP_TO_BYTES = 16 * 1024;

/**
 * The same for the usual call, whose line says nothing but name and arguments, without looking at each member for
 * what may have to be changed. Undefined for any other.
 */
function plainRequestLine({ id, params, line, meta, input }: RequestLineOptions): Buffer | undefined {
  if (
    !line ||
    line.length > PLAIN_UP_TO_BYTES ||
    input?.responses !== undefined ||
    input?.state !== undefined
  )
    return undefined;
  const { name } = params;
  const message = plainMembers(line, 0, MESSAGE_MEMBERS);
  const own = message?.params && plainMembers(line, message.params.start, PARAMS_MEMBERS);
  if (!message?.id || !message.params || !own?.name || !own.arguments || typeof name !== 'string')
    return undefined;
  const edits = [
    { start: message.id.start, end: message.id.end, text: String(id) },
    { start: own.name.start, end: own.name.end, text: JSON.stringify(name) },
    { start: message.params.end - 1, end: message.params.end - 1, text: metaText(meta) },
  ].sort((one, other) => one.start - other.start);
  let text = '';
  let at = 0;
  for (const edit of edits) {
    text += line.toString('latin1', at, edit.start) + edit.text;
    if (NOT_ASCII.test(edit.text)) return undefined;
    at = edit.end;
  }
  return Buffer.from(text + line.toString('latin1', at), 'latin1');
}

const MESSAGE_MEMBERS = ['jsonrpc', 'id', 'method', 'params'] as const;
const PARAMS_MEMBERS = ['name', 'arguments'] as const;
const NOT_ASCII = /[^\0-\x7f]/;

/** Where the values are of an object that has these members at most, each once; undefined for any other. */
function plainMembers<Name extends string>(
  line: Buffer,
  start: number,
  names: readonly Name[],
): Partial<Record<Name, Span>> | undefined {
  const object = membersAt(line, skipSpace(line, start, 1));
  if (!object) return undefined;
  const found: Partial<Record<Name, Span>> = {};
  for (const { key, value } of object.members) {
    const written = line.toString('latin1', key.start + 1, key.end - 1);
    const name = names.find((each) => each === written);
    if (name === undefined || found[name]) return undefined;
    found[name] = value;
  }
  return found;
}

function metaText(meta: RequestLineOptions['meta']): string {
  let text = '';
  for (const [key, value] of Object.entries(meta)) {
    if (value !== undefined)
      text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  return text === '' ? '' : `,"_meta":{${text}}`;
}
