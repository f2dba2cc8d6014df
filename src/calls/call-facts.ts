import type { Intent, Outcome } from '../audit/row.ts';
import { isRecord, type Json } from '../core/json.ts';

export interface Implementation {
  readonly name?: string;
  readonly version?: string;
}

/** Names and codes are others' words: no row grows without bounds. */
export const LONGEST_NAME = 256;
const LONGEST_CODE = 64;

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
