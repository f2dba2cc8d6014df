import type { JsonObject } from '../../core/json.ts';

/** A JSON-RPC error of the protocol's own; `id` is JSON text. */
export function errorLine(id: string, code: number, message: string, data?: JsonObject): Buffer {
  const error = JSON.stringify({ code, message, ...(data && { data }) });
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${error}}\n`);
}
