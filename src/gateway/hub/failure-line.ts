import { refusalLine } from '../../calls/refusal-line.ts';
import { asKnown } from '../../core/errors.ts';
import { RpcRefusal } from '../../mcp/peer.ts';
import { errorLine, RpcFault } from './messages.ts';
import { CallFailure } from './tool-calls.ts';

/** What a client is told of a failed request; `id` is JSON text. */
export function failureLine(id: string, error: unknown): Buffer {
  if (error instanceof CallFailure) return lineOf(id, error.cause, error.correlationId);
  return lineOf(id, error);
}

function lineOf(id: string, error: unknown, correlationId?: string): Buffer {
  if (error instanceof RpcFault) return errorLine(id, error);
  if (error instanceof RpcRefusal) return errorLine(id, new RpcFault(error.code, error.message));
  return refusalLine(id, asKnown(error), correlationId);
}
