import type { Context } from '../../cli/context.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Observation } from '../../watch/observation.ts';
import { type OpenWatcherOptions, openWatcher } from './open-watcher.ts';

/**
 * One round: every process that runs servers is asked, and servers nobody runs are tried. Where more was wanted than
 * could be asked, it says so on stderr.
 */
export async function statusFlow(options: OpenWatcherOptions, context: Context): Promise<Observation> {
  const watcher = await openWatcher(options, context);
  const close = (): void => void watcher.close();
  context.signal.addEventListener('abort', close, { once: true });
  try {
    const seen = await watcher.firstRound();
    if (options.deep) tellUnchecked(seen, context);
    return seen;
  } finally {
    await watcher.close();
    context.signal.removeEventListener('abort', close);
  }
}

function tellUnchecked({ servers }: Observation, { output }: Context): void {
  const unchecked = servers.filter(
    ({ probe, check }) => probe?.ok && check?.outcome !== 'ok' && check?.outcome !== 'failed',
  );
  if (unchecked.length === 0) return;
  const names = unchecked.map(({ name }) => plainLine(name)).join(', ');
  output.note(`No harmless call was made of ${names}: none is known, or it must not be made.`);
}

const NEEDS_SIGN_IN = 4;
const UNHEALTHY = 5;

/** 0 when all is well, 4 when nothing but sign-ins is missing, 5 when a server does not work. */
export function exitStatusOf({ servers }: Pick<Observation, 'servers'>): number {
  if (servers.some(({ state }) => state === 'failed' || state === 'degraded')) return UNHEALTHY;
  return servers.some(({ state }) => state === 'needs-auth') ? NEEDS_SIGN_IN : 0;
}
