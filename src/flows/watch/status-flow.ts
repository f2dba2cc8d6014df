import type { Context } from '../../cli/context.ts';
import type { Observation } from '../../watch/observation.ts';
import { type OpenWatcherOptions, openWatcher } from './open-watcher.ts';

/** One round: every process that runs servers is asked, and servers nobody runs are tried. */
export async function statusFlow(options: OpenWatcherOptions, context: Context): Promise<Observation> {
  const watcher = await openWatcher(options, context);
  const close = (): void => void watcher.close();
  context.signal.addEventListener('abort', close, { once: true });
  try {
    return await watcher.firstRound();
  } finally {
    await watcher.close();
    context.signal.removeEventListener('abort', close);
  }
}

const NEEDS_SIGN_IN = 4;
const UNHEALTHY = 5;

/** 0 when all is well, 4 when nothing but sign-ins is missing, 5 when a server does not work. */
export function exitStatusOf({ servers }: Pick<Observation, 'servers'>): number {
  if (servers.some(({ state }) => state === 'failed' || state === 'degraded')) return UNHEALTHY;
  return servers.some(({ state }) => state === 'needs-auth') ? NEEDS_SIGN_IN : 0;
}
