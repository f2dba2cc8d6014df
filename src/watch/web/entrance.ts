import type { IncomingMessage } from 'node:http';
import { plain } from '../../gateway/front/http-reply.ts';
import type { Reply } from '../../gateway/front/reply.ts';
import { answer, FORM_TYPE, readFields, refuseMethod, refuseWith } from './answers.ts';
import type { LiveState } from './live-state.ts';
import type { Session, Sessions } from './sessions.ts';
import { DASHBOARD_HEADERS, type Entrance, shellPage } from './shell.ts';
import { snapshotPage } from './snapshot.ts';
import type { DashboardState, Viewer } from './wire.ts';

export interface EntranceOptions {
  readonly entrance: Entrance;
  readonly sessions: Sessions;
  readonly live: LiveState;
  principalOf(authorization: string | undefined): Promise<string | undefined> | string | undefined;
  /** The code of the link was used: the next one needs another. */
  entered?(): unknown;
}

const REFUSED = {
  code: 'SIGN_IN_NEEDED',
  message: 'That does not open it. A link works once, and a token only while it is not revoked.',
} as const;

/** `POST session` lets somebody in, `DELETE session` out. */
export async function answerSession(
  options: EntranceOptions,
  request: IncomingMessage,
  response: Reply,
): Promise<void> {
  const { entrance, sessions, live } = options;
  const { method, headers } = request;
  if (method === 'DELETE') {
    const session = sessions.find(headers.authorization);
    if (session) sessions.end(session);
    return answer(response, {});
  }
  if (method !== 'POST') return refuseMethod(response, 'POST');
  const key = (await readFields(request, response))?.key;
  if (response.headersSent || response.destroyed) return;
  const isForm = headers['content-type']?.startsWith(FORM_TYPE) === true;
  const token = await enter(key ?? '', options);
  if (token === undefined) {
    if (!isForm) return refuseWith(response, 401, REFUSED);
    return plain(response, 401, shellPage(entrance, REFUSED.message), HTML, DASHBOARD_HEADERS);
  }
  if (!isForm) return answer(response, { session: token });
  const session = sessions.find(`Bearer ${token}`) as Session;
  const over = new AbortController();
  response.on('close', () => over.abort());
  const state = JSON.parse(await live.read(session.viewer, over.signal)) as DashboardState;
  sessions.end(session);
  plain(response, 200, snapshotPage(state), HTML, DASHBOARD_HEADERS);
}

export const HTML = 'text/html; charset=utf-8';

/** A session's token; the code of a link makes an owner, a token of the gateway its principal. */
async function enter(key: string, options: EntranceOptions): Promise<string | undefined> {
  const { sessions, principalOf, entered } = options;
  const redeemed = sessions.redeem(key);
  if (redeemed !== undefined) {
    entered?.();
    return redeemed;
  }
  const principal = await principalOf(`Bearer ${key}`);
  return principal === undefined ? undefined : sessions.begin(visitor(principal));
}

/** Whoever shows a token of the gateway: others may have some too, so the machine is not theirs to see and change. */
export function visitor(principal: string): Viewer {
  return { principal, isOwner: false };
}
