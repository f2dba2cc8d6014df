import { McpctlError } from '../core/errors.ts';

/** The JSON-RPC error that tells a client why its request failed; `id` is JSON text. */
export function refusalLine(id: string, reason: McpctlError | string): Buffer {
  const { message, data } =
    reason instanceof McpctlError
      ? { message: tell(reason), data: { code: reason.code, ...(reason.hint && { hint: reason.hint }) } }
      : { message: reason, data: undefined };
  const error = JSON.stringify({ code: -32000, message, ...(data && { data }) });
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${error}}\n`);
}

function tell({ message, hint }: McpctlError): string {
  return hint ? `mcpctl: ${message} Try: ${hint}` : `mcpctl: ${message}`;
}
