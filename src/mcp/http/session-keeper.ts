import type { IncomingMessage } from 'node:http';
import { type BegunSession, beginSession, noteSent, versionIn } from '../begun-session.ts';
import type { Envelope } from '../envelope.ts';
import type { Receive } from './answer-stream.ts';
import { httpFailure } from './http-failure.ts';
import { type HttpLink, readBodyIfAny } from './http-link.ts';
import { listen } from './listening.ts';

/** A session of the `initialize` era over HTTP. */
export interface LegacySession extends BegunSession {
  /** `Mcp-Session-Id`, when the server gave one. */
  id?: string;
  /** Agreed protocol version. */
  version?: string;
}

export interface SessionKeeperOptions {
  readonly link: HttpLink;
  /** Sends a message of the session; returns the answer only when its status is a failure. */
  say(bytes: Buffer, receive: Receive): Promise<IncomingMessage | undefined>;
  /** Gets what the server says unasked. */
  readonly receive: Receive;
}

/** The session of a connection: the stream on which its server speaks unasked, and its new beginning when it is lost. */
export interface SessionKeeper {
  readonly current: LegacySession | undefined;
  begin(initialize: Buffer): void;
  /** Takes notice of a message that went through. */
  sent(bytes: Buffer, envelope: Envelope | undefined): void;
  /** Settles when the greeting or new beginning that is under way is over: nothing else may overtake it. */
  ready(): Promise<unknown> | undefined;
  /** Holds back what comes until the greeting went through, or for two seconds: a server may leave it unanswered. */
  hold(greeting: Promise<unknown>): void;
  /** True when a failure means that the server no longer knows the session a request was sent in. */
  isLost(failure: IncomingMessage, session: LegacySession | undefined): Promise<boolean>;
  /** Begins the session again; those who find it lost together begin it once. */
  renew(lost: LegacySession | undefined): Promise<void>;
  /** Forgets the session and returns it. */
  end(): LegacySession | undefined;
}

const LONGEST_GREETING_MS = 2000;
const PING = Buffer.from('{"jsonrpc":"2.0","id":"mcpctl-ping","method":"ping"}');

export function createSessionKeeper({ link, say, receive }: SessionKeeperOptions): SessionKeeper {
  let current: LegacySession | undefined;
  let stream: AbortController | undefined;
  /** The stream was refused for want of a sign-in. */
  let isDeaf = false;
  let renewal: Promise<void> | undefined;
  let greeting: Promise<unknown> | undefined;

  const openStream = (session: LegacySession): void => {
    stream?.abort();
    stream = new AbortController();
    isDeaf = false;
    listen({ link, headers: sessionHeaders(session), receive, signal: stream.signal })
      .then(async (end) => {
        if (end === 'refused') isDeaf = true;
        if (end === 'expired') await renew(session);
      })
      // Whatever ends it, requests go on without it.
      .catch(() => {});
  };
  const handshake = async (lost: LegacySession): Promise<void> => {
    if (!lost.initialized) return;
    const { initialize, initialized, lasting } = lost;
    const session: LegacySession = { initialize, initialized, lasting };
    current = session;
    stream?.abort();
    try {
      const refusal =
        (await say(initialize, (bytes) => void noteVersion(bytes, session))) ??
        (await say(initialized, ignore));
      if (refusal) throw httpFailure(link, refusal, await readBodyIfAny(refusal));
    } catch (error) {
      // The next request tries again.
      current = lost;
      throw error;
    }
    openStream(session);
    for (const bytes of lasting.values()) (await say(bytes, ignore).catch(() => undefined))?.resume();
  };
  const renew = async (lost: LegacySession | undefined): Promise<void> => {
    if (lost && current === lost) {
      renewal = handshake(lost).finally(() => {
        renewal = undefined;
      });
    }
    await renewal;
  };

  return {
    get current() {
      return current;
    },
    begin(initialize) {
      current = beginSession(initialize);
    },
    sent(bytes, envelope) {
      if (!current) return;
      noteSent(bytes, envelope, current);
      if (envelope?.method === 'notifications/initialized' || isDeaf) openStream(current);
    },
    // Whoever waits for a renewal that fails finds out by its own request.
    ready: () => (renewal ?? greeting)?.catch(() => {}),
    hold(promise) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, LONGEST_GREETING_MS);
      });
      const mine = Promise.race([promise, late]).finally(() => {
        clearTimeout(timer);
        if (greeting === mine) greeting = undefined;
      });
      mine.catch(() => {});
      greeting = mine;
    },
    async isLost({ statusCode }, session) {
      if (session?.id === undefined || !session.initialized) return false;
      if (statusCode === 404 || current !== session) return true;
      if (statusCode !== 400) return false;
      const answer = await say(PING, ignore);
      answer?.resume();
      return answer?.statusCode === 400 || answer?.statusCode === 404;
    },
    renew,
    end() {
      stream?.abort();
      const session = current;
      current = undefined;
      return session;
    },
  };
}

function ignore(): void {}

export function sessionHeaders(session: LegacySession | undefined): Record<string, string> {
  return {
    ...(session?.id !== undefined && { 'mcp-session-id': session.id }),
    ...(session?.version !== undefined && { 'mcp-protocol-version': session.version }),
  };
}

/** Notes the version in an answer to `initialize`. */
export function noteVersion(answer: Buffer, session: LegacySession | undefined): void {
  const version = versionIn(answer);
  if (session && version !== undefined) session.version = version;
}
