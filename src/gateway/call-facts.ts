import type { Intent, Outcome } from '../audit/row.ts';
import { isRecord, type Json } from '../core/json.ts';

/** What a `tools/call` says of itself. */
export interface RequestedCall {
  readonly tool: string | undefined;
  readonly args: Json | undefined;
  readonly client: Implementation | undefined;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

export interface Implementation {
  readonly name?: string;
  readonly version?: string;
}

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;

/** Names and codes are others' words: no row grows without bounds. */
export const LONGEST_NAME = 256;
const LONGEST_CODE = 64;

export function requestedCall(message: unknown): RequestedCall {
  const params = isRecord(message) && isRecord(message.params) ? message.params : {};
  const meta = isRecord(params._meta) ? params._meta : {};
  const [, traceId, spanId] = TRACEPARENT.exec(String(meta.traceparent)) ?? [];
  return {
    tool: typeof params.name === 'string' ? params.name.slice(0, LONGEST_NAME) : undefined,
    args: params.arguments as Json | undefined,
    client: implementationOf(meta['io.modelcontextprotocol/clientInfo']),
    traceId,
    spanId,
  };
}

export function implementationOf(value: unknown): Implementation | undefined {
  if (!isRecord(value)) return undefined;
  const { name, version } = value;
  return {
    ...(typeof name === 'string' && { name: name.slice(0, LONGEST_NAME) }),
    ...(typeof version === 'string' && { version: version.slice(0, LONGEST_CODE) }),
  };
}

/** Whether a client wants an answer of the server itself: `_meta["mcpctl/cache"]` is `no-cache`. */
export function asksFresh(meta: Readonly<Record<string, unknown>>): boolean {
  return meta['mcpctl/cache'] === 'no-cache';
}

/** What a server says a tool does; a claim. */
export function intentOf(annotations: unknown): Intent {
  if (!isRecord(annotations)) return 'unknown';
  if (annotations.readOnlyHint === true) return 'read';
  if (annotations.destructiveHint === true) return 'destructive';
  return annotations.readOnlyHint === false ? 'write' : 'unknown';
}

export interface Answered {
  readonly outcome: Outcome;
  readonly errorType?: string;
  readonly result?: Json;
}

/** What became of a call, from the parsed answer. */
export function outcomeOf(answer: unknown): Answered {
  if (!isRecord(answer)) return { outcome: 'ok' };
  const { error, result } = answer;
  if (isRecord(error)) return { outcome: 'error', errorType: String(error.code).slice(0, LONGEST_CODE) };
  if (isRecord(result) && result.isError === true) {
    return { outcome: 'tool_error', errorType: 'tool_error', result: result as Json };
  }
  return { outcome: 'ok', result: result as Json };
}
