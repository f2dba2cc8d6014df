import { randomUUID } from 'node:crypto';
import type { TraceContext } from '../../calls/tool-call.ts';
import { McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { ShortLivedMap } from '../../core/short-lived-map.ts';
import { Stop, type StopSignal } from '../../core/stop.ts';
import type { Era } from '../../mcp/greeting.ts';
import type { GatewayClient } from '../hub/client.ts';
import type { Hub } from '../hub/hub.ts';
import { errorLine } from './error-line.ts';
import type { Incoming } from './incoming.ts';
import { createQuestions } from './questions.ts';

/** What one client says to the hub and hears from it, whatever carries it. */
export interface Conversation {
  readonly client: GatewayClient;
  /** How many requests are unanswered. */
  readonly size: number;
  /** The answer, or undefined when the client cancelled: then it expects none. */
  request(incoming: Incoming, carrier: Carrier): Promise<Buffer | undefined>;
  /** A notification or an answer to a question. */
  tell(incoming: Incoming): void;
  /** The client left: its requests are aborted. */
  close(): void;
}

export interface Carrier {
  /** Brings a notification that belongs to the request. */
  notify(line: Buffer): void;
  /** Ends the request, where it stands for itself and no `notifications/cancelled` can mean it. */
  readonly signal?: StopSignal;
  readonly trace?: TraceContext | undefined;
}

export interface ConversationOptions {
  readonly hub: Hub;
  readonly era: Era;
  readonly principal: string;
  readonly only?: string;
  readonly profile?: string;
  /** Brings a line that is no answer to the client, on the stream of the request it belongs to. */
  send(line: Buffer, during: string | undefined): void;
}

export function createConversation(options: ConversationOptions): Conversation {
  const { hub, era, principal, only, profile, send } = options;
  const questions = createQuestions(send);
  const underWay = new ShortLivedMap<Stop>();
  const client: GatewayClient = {
    id: randomUUID(),
    era,
    principal,
    ...(only !== undefined && { only }),
    ...(profile !== undefined && { profile }),
    hello: { capabilities: {} },
    notify: (line) => send(line, undefined),
    ask: questions.ask,
  };
  return {
    client,
    get size() {
      return underWay.size;
    },
    async request({ envelope, message, line }, { notify, signal, trace }) {
      const { id = 'null', method = '' } = envelope;
      if (signal) return await hub.request({ client, line, message, id, method, notify, trace, signal });
      if (underWay.has(id)) return errorLine(id, -32600, `A request with the id ${id} is under way.`);
      const stop = new Stop();
      underWay.set(id, stop);
      const answer = await hub.request({ client, line, message, id, method, notify, trace, signal: stop });
      underWay.delete(id);
      return stop.reason === BY_CLIENT ? undefined : answer;
    },
    tell({ envelope, message, line }) {
      if (envelope.kind === 'response') questions.answer(message);
      else if (envelope.method === 'notifications/cancelled') {
        const id = isRecord(message.params) ? JSON.stringify(message.params.requestId) : '';
        underWay.get(id)?.abort(BY_CLIENT);
      } else hub.notification(client, line, envelope);
    },
    close() {
      questions.close();
      for (const stop of underWay.values()) stop.abort(GONE);
      hub.gone(client);
    },
  };
}

const BY_CLIENT = new McpctlError('CANCELLED', 'The client cancelled the request.');
const GONE = new McpctlError('CANCELLED', 'The client has left.');
