import type { JsonObject } from '../../core/json.ts';
import { RpcRefusal } from '../../mcp/peer.ts';
import type { CallLife } from '../tool-call.ts';
import type { ClientRequest } from './client.ts';
import type { Seat } from './seat.ts';

/** A request that is with a server, which may ask its client something meanwhile. */
export interface AskableRequest {
  readonly server: string;
  readonly seat: Seat;
  readonly request: ClientRequest;
  readonly signal: AbortSignal;
  /** The user's time to answer is not the server's. */
  readonly life?: CallLife;
}

/** Brings questions of servers to the clients they are for. */
export interface Questions {
  /** Does a request during which `ask` can be used, and during which questions may be for its client. */
  during<T>(asked: AskableRequest, work: (ask: Ask) => Promise<T>): Promise<T>;
  /** A question of which nobody can tell during which request it came. */
  ask(server: string, seat: Seat, method: string, params: JsonObject): Promise<JsonObject>;
}

type Ask = (method: string, params: JsonObject) => Promise<JsonObject>;

export function createQuestions(): Questions {
  const open = new Set<AskableRequest>();
  return {
    async during(asked, work) {
      const { request, signal } = asked;
      open.add(asked);
      try {
        return await work((method, params) =>
          paused([asked], () => request.client.ask({ method, params, during: request.id, signal })),
        );
      } finally {
        open.delete(asked);
      }
    },
    async ask(server, seat, method, params) {
      const { client } = seat;
      if (!client) throw new RpcRefusal(-32601, `Nobody can be asked ${method} for ${server} now.`);
      const candidates = [...open].filter((one) => one.server === server && one.seat.key === seat.key);
      // They are all of one client: it hears the question on the stream of any of them.
      const during = candidates.at(-1)?.request.id;
      return await paused(candidates, () =>
        client.ask({ method, params, ...(during !== undefined && { during }) }),
      );
    },
  };
}

async function paused<T>(requests: readonly AskableRequest[], work: () => Promise<T>): Promise<T> {
  for (const { life } of requests) if (life) life.asking += 1;
  try {
    return await work();
  } finally {
    for (const { life } of requests) if (life) life.asking -= 1;
  }
}
