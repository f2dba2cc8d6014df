import type { IncomingMessage } from 'node:http';
import { OUTCOMES, type Outcome } from '../../audit/row.ts';
import { McpctlError } from '../../core/errors.ts';
import { eventOf, KEEP_ALIVE, push, startEvents } from '../../gateway/front/events.ts';
import { reply } from '../../gateway/front/http-reply.ts';
import type { Reply } from '../../gateway/front/reply.ts';
import { answer, answerFailure, DATA_HEADERS, readFields, refuseMethod, refuseWith } from './answers.ts';
import { visitor } from './entrance.ts';
import type { LiveState } from './live-state.ts';
import type { Sessions } from './sessions.ts';
import type { DashboardSources } from './sources.ts';
import type { CallQuery, Viewer } from './wire.ts';

/** What the pages ask for, once somebody is let in. */
export interface Api {
  answer(request: IncomingMessage, response: Reply, name: string): Promise<void>;
  /** Ends what a principal looks at. */
  dismiss(principal: string): void;
  /** Ends every stream. */
  close(): void;
}

export interface ApiOptions {
  readonly live: LiveState;
  readonly sources: DashboardSources;
  readonly sessions: Sessions;
  /** Whose token of the gateway it is; undefined when nobody's. */
  principalOf(authorization: string | undefined): Promise<string | undefined> | string | undefined;
}

type Answer = (request: IncomingMessage, response: Reply, viewer: Viewer) => Promise<void> | void;

const KEEP_ALIVE_MS = 15_000;
const MOST_STREAMS = 32;

export function createApi({ live, sources, sessions, principalOf }: ApiOptions): Api {
  const streams = new Map<Reply, Viewer>();
  const state: Answer = async (_, response, viewer) => {
    const over = new AbortController();
    response.on('close', () => over.abort());
    const line = await live.read(viewer, over.signal);
    reply(response, 200, Buffer.from(`{"ok":true,"data":${line}}`), DATA_HEADERS);
  };
  const events: Answer = (request, response, viewer) => {
    if (streams.size >= MOST_STREAMS) {
      return refuseWith(response, 503, { code: 'SERVER_BUSY', message: 'Too many pages are open.' });
    }
    streams.set(response, viewer);
    startEvents(response, DATA_HEADERS);
    push(response, KEEP_ALIVE);
    const over = new AbortController();
    const beats = setInterval(() => push(response, KEEP_ALIVE), KEEP_ALIVE_MS);
    const ended = sessions.find(request.headers.authorization)?.ended;
    ended?.addEventListener('abort', () => response.end(), { once: true, signal: over.signal });
    response.on('close', () => {
      clearInterval(beats);
      streams.delete(response);
      over.abort();
    });
    live.follow(viewer, over.signal, (line) => push(response, eventOf(Buffer.from(line))));
  };
  const calls: Answer = async ({ url }, response, viewer) =>
    answer(response, await sources.findCalls(queryIn(url), viewer));
  const restart: Answer = async (request, response, viewer) =>
    await restartServer(request, response, viewer, sources);

  const answers: Readonly<Record<string, readonly [method: string, answer: Answer]>> = {
    state: ['GET', state],
    events: ['GET', events],
    calls: ['GET', calls],
    restart: ['POST', restart],
  };
  const viewerOf = async (authorization: string | undefined): Promise<Viewer | undefined> => {
    const session = sessions.find(authorization);
    if (session) return session.viewer;
    const principal = await principalOf(authorization);
    return principal === undefined ? undefined : visitor(principal);
  };
  return {
    async answer(request, response, name) {
      const viewer = await viewerOf(request.headers.authorization);
      if (!viewer) {
        const error = { code: 'SIGN_IN_NEEDED', message: 'Sign in first.' };
        return refuseWith(response, 401, error, { 'www-authenticate': 'Bearer realm="mcpctl"' });
      }
      const [method, answered] = answers[name] ?? [];
      if (!method || !answered) return refuseWith(response, 404, NOTHING);
      if (request.method !== method) return refuseMethod(response, method);
      try {
        await answered(request, response, viewer);
      } catch (error) {
        if (!response.destroyed) answerFailure(response, error);
      }
    },
    dismiss(principal) {
      for (const [response, viewer] of streams) if (viewer.principal === principal) response.end();
    },
    close() {
      for (const response of streams.keys()) response.end();
    },
  };
}

export const NOTHING = { code: 'USAGE', message: 'There is nothing here.' } as const;

/** @throws USAGE */
function queryIn(url: string | undefined): CallQuery {
  const given = new URL(url ?? '/', 'http://localhost').searchParams;
  const text = (name: string): string | undefined => given.get(name)?.trim() || undefined;
  const [since, until, server, tool, outcome] = ['since', 'until', 'server', 'tool', 'outcome'].map(text);
  const [offset, limit] = [wholeIn(text('offset'), 0), wholeIn(text('limit'), MOST_CALLS)];
  if (offset + limit > LONGEST_LIST) {
    throw new McpctlError('USAGE', 'That is too far back: choose a time, a server or a tool.');
  }
  if (outcome !== undefined && !isOutcome(outcome))
    throw new McpctlError('USAGE', 'There is no such outcome.');
  return {
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    ...(server !== undefined && { server }),
    ...(tool !== undefined && { tool }),
    ...(outcome !== undefined && { outcome }),
    offset,
    limit: Math.min(limit, MOST_CALLS),
  };
}

const MOST_CALLS = 50;
/** Calls that are passed over are read all the same. */
const LONGEST_LIST = 10_000;

function wholeIn(text: string | undefined, usual: number): number {
  const number = Number(text ?? usual);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new McpctlError('USAGE', `${JSON.stringify(text)} is no count.`);
}

function isOutcome(text: string): text is Outcome {
  return (OUTCOMES as readonly string[]).includes(text);
}

async function restartServer(
  request: IncomingMessage,
  response: Reply,
  { isOwner }: Viewer,
  sources: DashboardSources,
): Promise<void> {
  const server = (await readFields(request, response))?.server;
  if (response.headersSent || response.destroyed) return;
  if (!isOwner) {
    return refuseWith(response, 403, {
      code: 'USAGE',
      message: 'A token of the gateway may look, not restart.',
      hint: 'mcpctl watch --web',
    });
  }
  if (server === undefined) throw new McpctlError('USAGE', 'Which server?');
  await sources.restart(server);
  answer(response, {});
}
