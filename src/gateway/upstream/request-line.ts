import type { Json, JsonObject } from '../../core/json.ts';
import { type Span, skipSpace, valueEnd, walkMembers } from '../../mcp/json-scan.ts';
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
 * what may have to be changed; with its line break. Undefined for any other.
 */
function plainRequestLine({ id, params, line, meta, input }: RequestLineOptions): Buffer | undefined {
  const { name } = params;
  if (!line || line.length > PLAIN_UP_TO_BYTES || typeof name !== 'string') return undefined;
  if (input?.responses !== undefined || input?.state !== undefined) return undefined;
  const call = plainCall(line);
  const [nameText, metaText] = [JSON.stringify(name), textOf(meta)];
  if (!call || NOT_ASCII.test(nameText) || NOT_ASCII.test(metaText)) return undefined;
  const text = line.toString('latin1');
  const own = (start: number, end: number): string =>
    text.slice(start, call.name.start) +
    nameText +
    text.slice(call.name.end, call.end) +
    metaText +
    text.slice(call.end, end);
  const changed =
    call.id.start < call.name.start
      ? text.slice(0, call.id.start) + id + own(call.id.end, text.length)
      : own(0, call.id.start) + id + text.slice(call.id.end);
  return Buffer.from(changed.endsWith('\n') ? changed : `${changed}\n`, 'latin1');
}

const NOT_ASCII = /[^\0-\x7f]/;

/** Where the values are that are replaced, and where the params end before their brace. */
interface PlainCall {
  readonly id: Span;
  readonly name: Span;
  readonly end: number;
}

/** Undefined unless the line has the members every call has, each once, and no others. */
function plainCall(line: Buffer): PlainCall | undefined {
  const found: Partial<Record<PlainMember, Span>> = {};
  const note = (names: readonly PlainMember[], { start, end }: Span, value: number): number => {
    const name = names.find((each) => isKey(line, start, end, each));
    if (name === undefined || found[name]) return -1;
    const valueEnds = name === 'params' ? walkMembers(line, value, inParams) : valueEnd(line, value);
    found[name] = { start: value, end: valueEnds };
    return valueEnds;
  };
  const inParams = (key: Span, value: number): number => note(PARAMS_MEMBERS, key, value);
  const end = walkMembers(line, skipSpace(line, 0, 1), (key, value) => note(MESSAGE_MEMBERS, key, value));
  const { id, name, params } = found;
  if (end === -1 || !id || !name || !params || !found.arguments) return undefined;
  return { id, name, end: params.end - 1 };
}

const MESSAGE_MEMBERS = ['jsonrpc', 'id', 'method', 'params'] as const;
const PARAMS_MEMBERS = ['name', 'arguments'] as const;
type PlainMember = (typeof MESSAGE_MEMBERS | typeof PARAMS_MEMBERS)[number];

/** Whether the key between these quotes is this word, written without escapes. */
function isKey(line: Buffer, start: number, end: number, word: string): boolean {
  if (end - start !== word.length + 2) return false;
  for (let index = 0; index < word.length; index += 1) {
    if (line[start + 1 + index] !== word.charCodeAt(index)) return false;
  }
  return true;
}

/** The names are ours and need no escapes. */
function textOf(meta: RequestLineOptions['meta']): string {
  let text = '';
  for (const name of Object.keys(meta)) {
    const value = meta[name];
    if (value !== undefined) text += `${text === '' ? '' : ','}"${name}":${JSON.stringify(value)}`;
  }
  return text === '' ? '' : `,"_meta":{${text}}`;
}
