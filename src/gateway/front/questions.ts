import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { RpcRefusal } from '../../mcp/peer.ts';
import type { Question } from '../hub/client.ts';

/** What a client of the legacy era was asked and has not answered yet. */
export interface Questions {
  ask(question: Question): Promise<JsonObject>;
  /** Takes the client's answer; false when nobody asked. */
  answer(message: JsonObject): boolean;
  /** The client left: rejects what is open and what comes. */
  close(): void;
}

/** `send` brings a line to the client, on the stream of the request it belongs to. */
export function createQuestions(send: (line: Buffer, during: string | undefined) => void): Questions {
  const open = new Map<number, (message: JsonObject | Error) => void>();
  let lastId = 0;
  let isClosed = false;
  const gone = (): McpctlError => new McpctlError('CANCELLED', 'The client has left.');
  return {
    async ask({ method, params, during, signal }) {
      if (isClosed) throw gone();
      signal?.throwIfAborted();
      lastId += 1;
      const id = lastId;
      const tell = (message: JsonObject): void =>
        send(Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`), during);
      return await new Promise<JsonObject>((resolve, reject) => {
        const aborted = (): void => {
          tell({ method: 'notifications/cancelled', params: { requestId: id } });
          settle(new McpctlError('CANCELLED', `The question ${method} was withdrawn.`));
        };
        const settle = (message: JsonObject | Error): void => {
          open.delete(id);
          signal?.removeEventListener('abort', aborted);
          if (message instanceof Error) reject(message);
          else resolve(message);
        };
        signal?.addEventListener('abort', aborted, { once: true });
        open.set(id, settle);
        tell({ id, method, params });
      });
    },
    answer(message) {
      const settle = typeof message.id === 'number' ? open.get(message.id) : undefined;
      settle?.(outcomeOf(message));
      return settle !== undefined;
    },
    close() {
      isClosed = true;
      for (const settle of [...open.values()]) settle(gone());
    },
  };
}

function outcomeOf({ result, error }: JsonObject): JsonObject | RpcRefusal {
  if (error === undefined) return (isRecord(result) ? result : {}) as JsonObject;
  const { code, message } = isRecord(error) ? error : {};
  return new RpcRefusal(typeof code === 'number' ? code : -32603, String(message ?? 'The client refused.'));
}
