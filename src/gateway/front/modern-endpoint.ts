import type { IncomingMessage } from 'node:http';
import { McpctlError } from '../../core/errors.ts';
import { ShortLivedSet } from '../../core/short-lived-map.ts';
import { Stop } from '../../core/stop.ts';
import type { Hub } from '../hub/hub.ts';
import { type Conversation, createConversation } from './conversation.ts';
import { eventOf, KEEP_ALIVE, push, startEvents } from './events.ts';
import { accept, refuse, refuseWhileStopping, reply, statusOf } from './http-reply.ts';
import { type Incoming, refuseMeta } from './incoming.ts';
import type { Caller } from './legacy-endpoint.ts';
import { createHeaderCheck } from './modern-headers.ts';
import type { Reply } from './reply.ts';
import { takenEvents } from './taken-events.ts';

/** HTTP of 2026-07-28: no sessions, each request stands for itself. */
export interface ModernEndpoint {
  post(request: IncomingMessage, response: Reply, caller: Caller, incoming: Incoming): Promise<void>;
  keepAlive(): void;
  /** Ends the requests that go on until somebody ends them. */
  drain(): void;
  close(principal?: string): void;
}

interface Exchange {
  readonly principal: string;
  readonly isListening: boolean;
  keepAlive(): void;
  abort(): void;
}

export function createModernEndpoint({ hub }: { hub: Hub }): ModernEndpoint {
  /** One a principal and address. */
  const clients = new Map<string, { readonly speaker: Caller; readonly conversation: Conversation }>();
  const exchanges = new ShortLivedSet<Exchange>();
  const headerCheck = createHeaderCheck();
  let isDraining = false;
  const conversationOf = ({ principal, only, profile }: Caller): Conversation => {
    const key = `${only ?? ''}\n${profile ?? ''}\n${principal}`;
    const known = clients.get(key);
    if (known) return known.conversation;
    const offered = { ...(only !== undefined && { only }), ...(profile !== undefined && { profile }) };
    const speaker = { principal, ...offered };
    // What belongs to no request goes to those who asked for it with subscriptions/listen.
    const conversation = createConversation({ hub, era: 'modern', ...speaker, send: () => {} });
    clients.set(key, { speaker, conversation });
    return conversation;
  };
  return {
    async post(request, response, caller, incoming) {
      const { envelope, message } = incoming;
      const { kind, id = 'null', method = '' } = envelope;
      if (kind === 'response') return refuse(response, 400, 'Nobody asked.', { code: -32600 });
      if (kind === 'notification') {
        conversationOf(caller).tell(incoming);
        return accept(response);
      }
      const refusal = headerCheck.refuse(request.headers, id, message, caller) ?? refuseMeta(id, message);
      if (refusal) return reply(response, 400, refusal);
      if (isDraining) return refuseWhileStopping(response, id);
      const broken = new Stop();
      let hasEvents = false;
      const send = (bytes: Buffer): void => {
        if (!hasEvents) {
          if (response.headersSent || response.destroyed || takenEvents(request) === 'never') return;
          hasEvents = true;
          startEvents(response);
        }
        push(response, bytes);
      };
      const exchange: Exchange = {
        principal: caller.principal,
        isListening: method === 'subscriptions/listen',
        keepAlive: () => send(KEEP_ALIVE),
        abort: () => broken.abort(BROKEN),
      };
      exchanges.add(exchange);
      // The client closes its connection to cancel.
      response.on('close', exchange.abort);
      try {
        const answer = await conversationOf(caller).request(incoming, {
          signal: broken,
          trace: caller.trace,
          notify: (line) => send(eventOf(line)),
        });
        if (!answer) return;
        const line = method === 'tools/list' ? headerCheck.learn(answer, caller) : answer;
        if (hasEvents) response.end(eventOf(line));
        else reply(response, statusOf(line), line);
      } finally {
        exchanges.delete(exchange);
        response.off('close', exchange.abort);
      }
    },
    keepAlive() {
      for (const exchange of exchanges.values()) exchange.keepAlive();
    },
    drain() {
      isDraining = true;
      for (const exchange of exchanges.values()) if (exchange.isListening) exchange.abort();
    },
    close(principal) {
      for (const [key, { speaker, conversation }] of clients) {
        if (principal !== undefined && speaker.principal !== principal) continue;
        clients.delete(key);
        conversation.close();
      }
      for (const exchange of exchanges.values()) {
        if (principal === undefined || exchange.principal === principal) exchange.abort();
      }
    },
  };
}

const BROKEN = new McpctlError('CANCELLED', 'The client closed its connection.');
