import { openBrowser } from '../../platform/browser.ts';
import { servePages } from '../../watch/web/serve.ts';
import { createSessions } from '../../watch/web/sessions.ts';
import { openDashboard } from '../dashboard/open-dashboard.ts';
import { parsePort } from '../gateway/gateway-flags.ts';
import { isDrawn } from './is-drawn.ts';
import type { Watching, WatchPart } from './parts.ts';

/** Serves the pages of `watch --web` as long as the watch goes on. @throws PORT_BUSY */
export async function openWeb(watching: Watching): Promise<WatchPart> {
  const { watcher, flags, settings, context, signal } = watching;
  const { output, env, platform } = context;
  const sessions = createSessions(() => context.now().getTime());
  const isScreen = isDrawn(context);
  let url = '';
  let told = '';
  /** Each link opens one browser. */
  const offer = (): URL => {
    const link = new URL(`#code=${sessions.newCode()}`, url);
    told = `Page, for one browser: ${link}`;
    // A screen that is drawn tells it itself.
    if (!isScreen) output.note(told);
    return link;
  };
  const dashboard = await openDashboard(
    {
      base: '',
      entrance: 'link',
      settings,
      sessions,
      watch: (listener) => watcher.subscribe(listener),
      restart: (server) => watcher.restart(server),
      principalOf: async () => undefined,
      entered: offer,
      failed: (error) => output.failure(error),
    },
    context,
  );
  const pages = await servePages({ dashboard, port: parsePort(flags.port ?? '0', '--port', 0) });
  url = pages.url;
  const first = offer();
  // A program may run as long as the browser it opens.
  if (flags.open) void openBrowser(first, { env, platform, signal });
  return { told: () => [{ text: told, isTrouble: false }], close: pages.close };
}
