import type { IncomingMessage } from 'node:http';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import type { Reply } from '../../gateway/front/reply.ts';
import type { Hub } from '../../gateway/hub/hub.ts';
import type { Settings } from '../../settings/settings.ts';
import type { Dashboard } from '../../watch/web/dashboard.ts';
import { createSessions } from '../../watch/web/sessions.ts';
import type { DashboardSources } from '../../watch/web/sources.ts';

export interface GatewayPages {
  /** False for a path that is not theirs. */
  handle(request: IncomingMessage, response: Reply): boolean;
  dismiss(principal: string): void;
  /** Tells the owner a link that works once, and another one when it was used. */
  offer(port: number): void;
  close(): void;
}

export interface GatewayPagesOptions {
  readonly hub: Hub;
  readonly settings: Settings;
  principalOf(authorization: string | undefined): Promise<string | undefined> | string | undefined;
  failed(error: unknown): void;
}

const BASE = '/dashboard';

/** The pages at `/dashboard`; their code is loaded when somebody asks for them. */
export function createGatewayPages(options: GatewayPagesOptions, context: Context): GatewayPages {
  const { hub, settings, principalOf, failed } = options;
  const sessions = createSessions(() => context.now().getTime());
  const watching = watchOnDemand(hub, context, failed);
  let loading: Promise<Dashboard> | undefined;
  let tell = (): void => {};

  const load = async (): Promise<Dashboard> => {
    const { openDashboard } = await import('../dashboard/open-dashboard.ts');
    const shared = { base: BASE, entrance: 'token', settings, sessions, principalOf, failed } as const;
    return await openDashboard({ ...shared, ...watching, entered: () => tell() }, context);
  };
  return {
    handle(request, response) {
      const [path = '/'] = (request.url ?? '/').split('?', 1);
      if (path !== BASE && !path.startsWith(`${BASE}/`)) return false;
      loading ??= load();
      loading.then(
        (dashboard) => dashboard.handle(request, response),
        (error: unknown) => {
          loading = undefined;
          failed(error);
          response.destroy();
        },
      );
      return true;
    },
    dismiss(principal) {
      loading?.then(
        (dashboard) => dashboard.dismiss(principal),
        () => {},
      );
    },
    offer(port) {
      tell = () => {
        const link = `http://127.0.0.1:${port}${BASE}/#code=${sessions.newCode()}`;
        context.output.note(`Dashboard, for one browser: ${link}`);
      };
      tell();
    },
    close() {
      loading?.then(
        (dashboard) => dashboard.close(),
        () => {},
      );
    },
  };
}

/** Watches the servers the gateway offers as long as somebody looks. */
function watchOnDemand(
  hub: Hub,
  context: Context,
  failed: (error: unknown) => void,
): Pick<DashboardSources, 'watch' | 'restart'> {
  let restart: DashboardSources['restart'] | undefined;
  return {
    watch(listener) {
      let isOver = false;
      let end = (): void => {};
      const begin = async (): Promise<void> => {
        const { openWatcher } = await import('../watch/open-watcher.ts');
        const watcher = await openWatcher({ names: hub.servers().map(({ name }) => name) }, context);
        if (isOver) return await watcher.close();
        restart = (server) => watcher.restart(server);
        const unsubscribe = watcher.subscribe(listener);
        end = () => {
          restart = undefined;
          unsubscribe();
          watcher.close().catch(failed);
        };
        await watcher.firstRound();
      };
      begin().catch(failed);
      return () => {
        isOver = true;
        end();
      };
    },
    async restart(server) {
      if (restart) return await restart(server);
      throw new McpctlError('PROCESS_NOT_RUNNING', 'The servers are not watched yet.', {
        hint: 'Try again in a moment.',
      });
    },
  };
}
