import { McpctlError } from '../core/errors.ts';

/**
 * The JSON-RPC error that tells a client why its request failed; `id` is JSON text, `correlationId` the trace id of
 * the call where there is one.
 */
export function refusalLine(id: string, reason: McpctlError | string, correlationId?: string): Buffer {
  const message = reason instanceof McpctlError ? tell(reason) : reason;
  const facts = {
    ...(reason instanceof McpctlError && factsOf(reason)),
    ...(correlationId !== undefined && { correlationId }),
  };
  const data = Object.keys(facts).length > 0 ? facts : undefined;
  const error = JSON.stringify({ code: -32000, message, ...(data && { data }) });
  return Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${error}}\n`);
}

function factsOf({ code, hint, data }: McpctlError): object {
  const retryAfterMs = data?.retryAfterMs;
  return { code, ...(hint && { hint }), ...(typeof retryAfterMs === 'number' && { retryAfterMs }) };
}

function tell({ message, hint }: McpctlError): string {
  return hint ? `mcpctl: ${message} Try: ${hint}` : `mcpctl: ${message}`;
}
