import type { IncomingMessage } from 'node:http';
import { hostnameOf, isLoopback, refuseOtherOrigin } from '../../gateway/front/http-guard.ts';
import { plain, reply } from '../../gateway/front/http-reply.ts';
import type { Reply } from '../../gateway/front/reply.ts';
import { DATA_HEADERS, refuseMethod, refuseWith } from './answers.ts';
import { createApi, NOTHING } from './api.ts';
import type { Assets } from './assets.ts';
import { answerSession, type EntranceOptions, HTML } from './entrance.ts';
import { createLiveState } from './live-state.ts';
import { DASHBOARD_HEADERS, shellPage } from './shell.ts';
import type { DashboardSources } from './sources.ts';

export interface DashboardOptions extends Omit<EntranceOptions, 'live'> {
  /** Path its pages are below, without a slash at the end. */
  readonly base: string;
  readonly assets: Assets;
  readonly sources: DashboardSources;
  /** Gets failures nobody expected. */
  failed(error: unknown): void;
}

/** The pages and what they ask for. Who serves them has refused strangers (`refuseStranger`) before. */
export interface Dashboard {
  /** False for a path that is not its own. */
  handle(request: IncomingMessage, response: Reply): boolean;
  /** Ends what a principal looks at. */
  dismiss(principal: string): void;
  /** Ends every stream, and watching. */
  close(): void;
}

export function createDashboard(options: DashboardOptions): Dashboard {
  const { base, entrance, assets, sources, sessions, failed } = options;
  const live = createLiveState(sources);
  const api = createApi({ ...options, live });

  const route = async (request: IncomingMessage, response: Reply, path: string): Promise<void> => {
    const isPage = path === '/' || path === '';
    // A link in another page may lead here: there is nothing to see yet.
    const refusal = refuseRemote(request) ?? (isPage ? undefined : refuseOtherOrigin(request.headers));
    if (refusal !== undefined) {
      return refuseWith(response, 403, { code: 'ADDRESS_REFUSED', message: refusal });
    }
    if (path === '/session') return await answerSession({ ...options, live }, request, response);
    const name = /^\/api\/(\w+)$/.exec(path)?.[1];
    if (name !== undefined) return await api.answer(request, response, name);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuseMethod(response, 'GET');
    if (path === '/') return plain(response, 200, shellPage(entrance), HTML, DASHBOARD_HEADERS);
    if (path === '') {
      response.begin(308, { ...DATA_HEADERS, location: `${base}/`, 'content-length': 0 }).end();
      return;
    }
    const asset = assets.find(path.slice(1));
    if (!asset) return refuseWith(response, 404, NOTHING);
    reply(response, 200, asset.bytes, { ...DASHBOARD_HEADERS, 'content-type': asset.type });
  };
  return {
    handle(request, response) {
      const [path = '/'] = (request.url ?? '/').split('?', 1);
      if (path !== base && !path.startsWith(`${base}/`)) return false;
      response.on('error', () => {});
      route(request, response, path.slice(base.length)).catch((error: unknown) => {
        failed(error);
        if (response.headersSent) response.destroy();
        else refuseWith(response, 500, { code: 'INTERNAL', message: 'This page failed.' });
      });
      return true;
    },
    dismiss(principal) {
      sessions.end({ principal });
      api.dismiss(principal);
    },
    close() {
      api.close();
      live.close();
    },
  };
}

/** The pages are for people at this machine, also where a gateway listens for others. */
function refuseRemote({ socket, headers }: IncomingMessage): string | undefined {
  const from = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const isHere = isLoopback(from) && isLoopback(hostnameOf(headers.host ?? ''));
  return isHere ? undefined : 'The dashboard is for this machine only.';
}
