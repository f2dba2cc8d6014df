import type { Json, JsonObject } from '../../core/json.ts';
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
  readonly input?: RequestInput;
}

export interface RequestInput {
  readonly responses: string | undefined;
  readonly state: string | undefined;
}

/** A request as a server gets it, the client's bytes where there are any. */
export function requestLine(options: RequestLineOptions): Buffer {
  const { id, method, params, line, input } = options;
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
