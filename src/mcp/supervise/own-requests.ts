import type { McpctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Envelope } from '../envelope.ts';
import { outcomeOf } from '../peer.ts';

export interface OwnRequestsOptions {
  readonly server: string;
  send(bytes: Buffer, envelope: Envelope): void;
}

/** What we ask a server ourselves, between the requests of its client, who never sees the answers. */
export interface OwnRequests {
  /** Under an id of our own. Rejects with SERVER_ERROR, or why the server was lost. */
  ask(method: string, params: JsonObject): Promise<JsonObject>;
  /** Sends a message of the client again as it is; settles with its answer. */
  again(bytes: Buffer, envelope: Envelope): Promise<Buffer>;
  /** True when the message answers us: it goes no further. */
  takes(bytes: Buffer, envelope: Envelope): boolean;
  /** The server is gone: what was asked and what is asked from now on is rejected. */
  lost(reason: McpctlError): void;
}

interface Asked {
  resolve(answer: Buffer): void;
  reject(reason: McpctlError): void;
}

let lastId = 0;

export function createOwnRequests({ server, send }: OwnRequestsOptions): OwnRequests {
  const asked = new Map<string, Asked>();
  let gone: McpctlError | undefined;
  const again = (bytes: Buffer, envelope: Envelope): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      // Nobody is there any more who could answer.
      if (gone) return reject(gone);
      asked.set(envelope.id ?? '', { resolve, reject });
      send(bytes, envelope);
    });
  return {
    again,
    async ask(method, params) {
      lastId += 1;
      const id = `mcpctl-${lastId}`;
      const bytes = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
      const answer = await again(bytes, { kind: 'request', id: JSON.stringify(id), method });
      return resultOf(server, answer);
    },
    takes(bytes, { kind, id = '' }) {
      if (kind !== 'response' || asked.size === 0) return false;
      const mine = asked.get(id);
      if (!mine) return false;
      asked.delete(id);
      mine.resolve(bytes);
      return true;
    },
    lost(reason) {
      gone = reason;
      for (const { reject } of asked.values()) reject(reason);
      asked.clear();
    },
  };
}

/** @throws SERVER_ERROR */
export function resultOf(server: string, answer: Buffer): JsonObject {
  const outcome = outcomeOf(server, JSON.parse(answer.toString('utf8')));
  if (outcome instanceof Error) throw outcome;
  return outcome;
}
