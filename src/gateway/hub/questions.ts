import type { CallLife } from '../../calls/tool-call.ts';
import type { JsonObject } from '../../core/json.ts';
import { ShortLivedSet } from '../../core/short-lived-map.ts';
import type { StopSignal } from '../../core/stop.ts';
import { RpcRefusal } from '../../mcp/peer.ts';
import { legacyQuestion, takesQuestion } from '../bridge/questions.ts';
import type { ClientRequest } from './client.ts';
import type { Seat } from './seat.ts';

/** A request of a modern client is parked when its server asks; of a legacy one the client itself is asked. */
export interface HubRequest extends ClientRequest {
  /** What its server asks meanwhile is asked by us, whatever the client's era: it gets no answer of that server. */
  readonly isAnsweredHere?: boolean;
  ask?(method: string, params: JsonObject): Promise<JsonObject>;
}

/** A request that is with a server, which may ask its client something meanwhile. */
export interface AskableRequest {
  readonly server: string;
  readonly seat: Seat;
  readonly request: HubRequest;
  readonly signal: StopSignal;
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
  const open = new ShortLivedSet<AskableRequest>();
  return {
    async during(asked, work) {
      const { request, seat, signal } = asked;
      const { client, id } = request;
      const ask: Ask = (method, params) =>
        paused([asked], async () => {
          if (request.ask) return await request.ask(method, params);
          refuseUntaken(seat, method, params);
          return await client.ask({ method, params: legacyQuestion(method, params), during: id, signal });
        });
      open.add(asked);
      try {
        return await work(ask);
      } finally {
        open.delete(asked);
      }
    },
    async ask(server, seat, method, params) {
      const { client } = seat;
      refuseUntaken(seat, method, params);
      if (!client) throw new RpcRefusal(-32601, `Nobody can be asked ${method} for ${server} now.`);
      const candidates = open.values().filter((one) => one.server === server && one.seat.key === seat.key);
      // They are all of one client: it hears the question on the stream of any of them.
      const during = candidates.at(-1)?.request.id;
      return await paused(candidates, () =>
        client.ask({ method, params, ...(during !== undefined && { during }) }),
      );
    },
  };
}

function refuseUntaken({ capabilities }: Seat, method: string, params: JsonObject): void {
  if (takesQuestion(capabilities, method, params)) return;
  throw new RpcRefusal(-32601, `The client does not answer ${method}.`);
}

async function paused<T>(requests: readonly AskableRequest[], work: () => Promise<T>): Promise<T> {
  for (const { life } of requests) if (life) life.asking += 1;
  try {
    return await work();
  } finally {
    for (const { life } of requests) if (life) life.asking -= 1;
  }
}
