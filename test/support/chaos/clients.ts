import type { JsonObject } from '../../../src/core/json.ts';

/** What came of a request: a result, a JSON-RPC error, or nothing that answers it. */
export type Outcome =
  | { readonly result: JsonObject }
  | { readonly error: { readonly code: number; readonly message: string; readonly data?: JsonObject } }
  | { readonly lost: string };

/** A client of the gateway over HTTP. */
export interface GatewaySession {
  call(tool: string, args: JsonObject): Promise<Outcome>;
  request(method: string, params?: JsonObject): Promise<Outcome>;
}

export interface Endpoint {
  readonly url: string;
  readonly token?: string;
}

/** Longer than the gateway may take for anything. */
const DEADLINE_MS = 60_000;
const clientInfo = { name: 'chaos', version: '1' };

/** A session of the era of handshakes. */
export async function legacySession(endpoint: Endpoint): Promise<GatewaySession> {
  const headers: Record<string, string> = {};
  const request = counted((message) => post(endpoint, headers, message));
  const protocolVersion = '2025-11-25';
  const hello = { protocolVersion, capabilities: {}, clientInfo };
  const response = await fetch(endpoint.url, {
    method: 'POST',
    headers: headersOf(endpoint, {}),
    body: JSON.stringify({ jsonrpc: '2.0', id: 0, method: 'initialize', params: hello }),
  });
  const text = await response.text();
  const id = response.headers.get('mcp-session-id');
  if (!response.ok || id === null) throw new Error(`initialize: ${response.status} ${text}`);
  Object.assign(headers, { 'mcp-session-id': id, 'mcp-protocol-version': protocolVersion });
  await post(endpoint, headers, { method: 'notifications/initialized' });
  return { request, call: (name, args) => request('tools/call', { name, arguments: args }) };
}

/** A client of 2026-07-28: nothing to begin or to end. */
export function modernSession(endpoint: Endpoint): GatewaySession {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': clientInfo,
  };
  const request = counted(({ params, ...message }) => {
    const name = params?.name;
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': message.method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    };
    return post(endpoint, headers, {
      ...message,
      params: { ...params, _meta: { ..._meta, ...(params?._meta as JsonObject) } },
    });
  });
  return { request, call: (name, args) => request('tools/call', { name, arguments: args }) };
}

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: JsonObject;
}

function counted(send: (message: Message) => Promise<Outcome>): GatewaySession['request'] {
  let id = 0;
  return (method, params = {}) => {
    id += 1;
    return send({ id, method, params });
  };
}

function headersOf({ token }: Endpoint, more: Record<string, string>): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...more,
  };
}

async function post(endpoint: Endpoint, more: Record<string, string>, message: Message): Promise<Outcome> {
  try {
    const response = await fetch(endpoint.url, {
      method: 'POST',
      headers: headersOf(endpoint, more),
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return (
      outcomeIn(await response.text(), message.id) ?? { lost: `HTTP ${response.status} without an answer` }
    );
  } catch (error) {
    const { message: text, cause } = error as Error;
    return { lost: `${text} ${cause ?? ''}`.trim() };
  }
}

/** The answer to that id in a body of JSON or of events. */
function outcomeIn(body: string, id: number | undefined): Outcome | undefined {
  const texts = body.split('\n').map((line) => line.replace(/^data:\s*/, ''));
  for (const text of texts.filter((line) => line.startsWith('{'))) {
    const message = JSON.parse(text);
    if (message.id === id && message.method === undefined) return message;
  }
  return undefined;
}
