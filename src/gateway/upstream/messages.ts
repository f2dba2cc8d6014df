import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { type Envelope, envelopeOf } from '../../mcp/envelope.ts';
import { valueAt } from '../../mcp/splice.ts';

/** The params of a request or notification; none of a line that is no JSON further in. */
export function paramsOf(line: Buffer): JsonObject {
  const message = parsed(line);
  return (isRecord(message) && isRecord(message.params) ? message.params : {}) as JsonObject;
}

/** The messages of a batch. */
export function messagesOf(batch: Buffer): { readonly bytes: Buffer; readonly envelope: Envelope }[] {
  const items = parsed(batch);
  if (!Array.isArray(items)) return [];
  return items.flatMap((item) => {
    const envelope = envelopeOf(item);
    return envelope ? [{ bytes: Buffer.from(JSON.stringify(item)), envelope }] : [];
  });
}

/** True for a response that is a JSON-RPC error. */
export function hasError(response: Buffer): boolean {
  if (!response.includes('"error"')) return false;
  const error = valueAt(response, ['error']);
  return error !== undefined && error.toString() !== 'null';
}

export function responseLine(answer: { readonly result: Json } | { readonly error: Json }): Buffer {
  return Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id: null, ...answer })}\n`);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
