import type { JsonObject } from '../../core/json.ts';

/** JSON-RPC messages of ours, one line each with its end. Ids are JSON text. */
export function resultLine(id: string, result: JsonObject): Buffer {
  return resultTextLine(id, JSON.stringify(result));
}

/** For results whose text is kept. */
export function resultTextLine(id: string, result: string): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":${result}}\n`);
}

export function errorLine(id: string, { code, message, data }: RpcFault): Buffer {
  const error = JSON.stringify({ code, message, ...(data && { data }) });
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${error}}\n`);
}

export function notificationLine(method: string, params?: JsonObject): Buffer {
  return Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', method, ...(params && { params }) })}\n`);
}

export const INVALID_PARAMS = -32602;
export const METHOD_NOT_FOUND = -32601;

/** What a client did wrong. */
export class RpcFault extends Error {
  readonly code: number;
  readonly data: JsonObject | undefined;

  constructor(code: number, message: string, data?: JsonObject) {
    super(message);
    this.name = 'RpcFault';
    this.code = code;
    this.data = data;
  }
}
