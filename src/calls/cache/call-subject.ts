import { canonicalJson } from '../../core/canonical-json.ts';
import { isRecord, type Json } from '../../core/json.ts';
import { valueAt } from '../../mcp/splice.ts';
import type { ToolCall } from '../tool-call.ts';

const PLAIN = new Set(['name', 'arguments', '_meta']);
const PROTOCOL = 'io.modelcontextprotocol/protocolVersion';
/** More digits, or a larger power of ten, than every reader of JSON keeps: such numbers are compared as they are written. */
const INEXACT = /[\d.]{16,}|\d[eE][+-]?\d{3,}/;

/**
 * What the answer to a call depends on: its tool, its arguments whatever their order and spelling, and the protocol.
 * Undefined when the call asks for more than an answer (a task, or the rest of a conversation).
 */
export function callSubject({ line, tool }: Pick<ToolCall, 'line' | 'tool'>): Json[] | undefined {
  const message: unknown = JSON.parse(line.toString());
  const params = isRecord(message) && isRecord(message.params) ? message.params : undefined;
  if (!params || Object.keys(params).some((name) => !PLAIN.has(name))) return undefined;
  const revision = isRecord(params._meta) ? (params._meta[PROTOCOL] ?? null) : null;
  const written = valueAt(line, ['params', 'arguments'])?.toString() ?? '';
  const isExact = !INEXACT.test(written);
  return [tool, String(revision), isExact ? canonicalJson((params.arguments ?? {}) as Json) : written];
}
