import type { IncomingMessage } from 'node:http';
import type { TraceContext } from '../../calls/tool-call.ts';
import type { Hub } from '../hub/hub.ts';
import { accept, refuse, refuseWhileStopping, reply } from './http-reply.ts';
import { type Incoming, type IncomingMessages, isLegacyVersion } from './incoming.ts';
import { createLegacySession, type LegacySession } from './legacy-session.ts';
import type { Reply } from './reply.ts';
import { takenEvents } from './taken-events.ts';

/** Who sent a request, and what for. */
export interface Caller {
  readonly principal: string;
  /** The one server it asks for. */
  readonly only?: string | undefined;
  /** The profile that says what it is offered. */
  readonly profile?: string | undefined;
  /** Of the HTTP request. */
  readonly traceparent?: string | undefined;
  /** Of its one message. */
  readonly trace?: TraceContext;
}

/** Streamable HTTP from 2025-03-26 to 2025-11-25: sessions. */
export interface LegacyEndpoint {
  post(request: IncomingMessage, response: Reply, caller: Caller, received: IncomingMessages): Promise<void>;
  /** GET: the client listens. */
  listen(request: IncomingMessage, response: Reply, caller: Caller): void;
  /** DELETE: the client ends its session. */
  end(request: IncomingMessage, response: Reply, caller: Caller): void;
  /** Shows open streams that we are there, and ends sessions nobody has used for long. */
  sweep(): void;
  /** No new sessions, nothing unasked any more. */
  drain(): void;
  close(principal?: string): void;
}

export interface LegacyEndpointOptions {
  readonly hub: Hub;
  readonly sessionIdleMs: number;
  /** Seconds. */
  sessionEnded?(seconds: number): void;
}

const MOST_SESSIONS = 1000;

export function createLegacyEndpoint(options: LegacyEndpointOptions): LegacyEndpoint {
  const { hub, sessionIdleMs } = options;
  const sessions = new Map<string, LegacySession>();
  let isDraining = false;
  const drop = (session: LegacySession): void => {
    sessions.delete(session.id);
    session.close();
    options.sessionEnded?.((performance.now() - session.begunAt) / 1000);
  };
  /** The session a request names, or the answer that there is none. */
  const find = (request: IncomingMessage, response: Reply, caller: Caller): LegacySession | undefined => {
    const { 'mcp-session-id': id, 'mcp-protocol-version': version } = request.headers;
    const session = typeof id === 'string' ? sessions.get(id) : undefined;
    if (id === undefined)
      refuse(response, 400, 'The Mcp-Session-Id header is missing: send initialize first.');
    // Another's session is as good as none.
    else if (
      session?.principal !== caller.principal ||
      session.only !== caller.only ||
      session.profile !== caller.profile
    ) {
      refuse(response, 404, 'There is no such session: send initialize again.');
    } else if (version !== undefined && !isLegacyVersion(String(version))) {
      refuse(response, 400, `This session is of ${session.version}, not of ${String(version)}.`);
    } else {
      session.heardAt = performance.now();
      return session;
    }
    return undefined;
  };
  const begin = async (response: Reply, caller: Caller, received: IncomingMessages): Promise<void> => {
    const [incoming] = received.items;
    if (!incoming || isDraining) return refuseWhileStopping(response);
    if (sessions.size >= MOST_SESSIONS) {
      return refuse(response, 503, 'The gateway has too many sessions.', { headers: { 'retry-after': '5' } });
    }
    const { principal, only, profile } = caller;
    const offered = { ...(only !== undefined && { only }), ...(profile !== undefined && { profile }) };
    const session = createLegacySession({ hub, principal, ...offered });
    const { id = 'null' } = incoming.envelope;
    const exchange = session.exchange({ response, ids: [id], events: 'never' });
    const answer = await session.conversation.request(incoming, {
      notify: (line) => exchange.send(line),
      trace: caller.trace,
    });
    session.version = answer && agreedVersion(answer);
    if (session.version !== undefined) {
      sessions.set(session.id, session);
      exchange.answer(answer);
      return;
    }
    session.close();
    if (answer) reply(response, 200, answer);
    else accept(response);
  };
  return {
    async post(request, response, caller, received) {
      const { items, isBatch } = received;
      if (!isBatch && items[0]?.envelope.method === 'initialize')
        return await begin(response, caller, received);
      const session = find(request, response, caller);
      if (!session) return;
      if (isBatch && session.version !== '2025-03-26') {
        return refuse(response, 400, `${session.version} has no batches.`, { code: -32600 });
      }
      const asked = items.filter(isRequest);
      for (const incoming of items) if (!isRequest(incoming)) session.conversation.tell(incoming);
      if (asked.length === 0) return accept(response);
      const ids = asked.map(({ envelope }) => envelope.id ?? 'null');
      if (isDraining) return refuseWhileStopping(response, ids[0]);
      const exchange = session.exchange({ response, ids, events: takenEvents(request) });
      const carrier = { notify: (line: Buffer) => exchange.send(line), trace: caller.trace };
      const answers = asked.map((incoming) => session.conversation.request(incoming, carrier));
      exchange.answer(isBatch ? inOne(await Promise.all(answers)) : await answers[0]);
      session.heardAt = performance.now();
    },
    listen(request, response, caller) {
      const session = find(request, response, caller);
      if (!session) return;
      if (isDraining) return refuseWhileStopping(response);
      const lastEventId = request.headers['last-event-id'];
      if (session.listen(response, typeof lastEventId === 'string' ? lastEventId : undefined)) return;
      refuse(response, 404, 'There is no such event.');
    },
    end(request, response, caller) {
      const session = find(request, response, caller);
      if (!session) return;
      drop(session);
      response.begin(200, { 'content-length': 0 }).end();
    },
    sweep() {
      const now = performance.now();
      for (const session of sessions.values()) {
        if (sessionIdleMs > 0 && !session.isBusy && now - session.heardAt > sessionIdleMs) drop(session);
        else session.keepAlive();
      }
    },
    drain() {
      isDraining = true;
      for (const session of sessions.values()) session.stopListening();
    },
    close(principal) {
      for (const session of sessions.values()) {
        if (principal === undefined || session.principal === principal) drop(session);
      }
    },
  };
}

function agreedVersion(answer: Buffer): string | undefined {
  const { result } = JSON.parse(answer.toString('utf8')) as { result?: { protocolVersion?: unknown } };
  return typeof result?.protocolVersion === 'string' ? result.protocolVersion : undefined;
}

function isRequest({ envelope }: Incoming): boolean {
  return envelope.kind === 'request';
}

/** Answers to a batch, in one array; undefined when all were cancelled. */
function inOne(answers: readonly (Buffer | undefined)[]): Buffer | undefined {
  const texts = answers.flatMap((answer) => (answer ? [answer.toString('utf8').trim()] : []));
  return texts.length === 0 ? undefined : Buffer.from(`[${texts.join(',')}]`);
}
