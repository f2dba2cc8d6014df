import type { Context } from '../../cli/context.ts';
import type { Settings } from '../../settings/settings.ts';
import { readAssets } from '../../watch/web/assets.ts';
import { createDashboard, type Dashboard, type DashboardOptions } from '../../watch/web/dashboard.ts';
import type { Sessions } from '../../watch/web/sessions.ts';
import type { DashboardSources } from '../../watch/web/sources.ts';
import { firingAlerts } from './firing-alerts.ts';
import { findPage, newCalls } from './recorded-calls.ts';

/** What differs between the pages of `watch` and those of the gateway. */
export interface OpenDashboardOptions
  extends Pick<DashboardOptions, 'base' | 'entrance' | 'principalOf' | 'entered' | 'failed'>,
    Pick<DashboardSources, 'watch' | 'restart'> {
  readonly settings: Pick<Settings, 'limits'>;
  readonly sessions: Sessions;
}

export async function openDashboard(options: OpenDashboardOptions, context: Context): Promise<Dashboard> {
  const { settings, watch, restart, ...rest } = options;
  const { perMinute, servers } = settings.limits;
  return createDashboard({
    ...rest,
    assets: await readAssets(context.program.script),
    sources: {
      version: context.program.version,
      now: context.now,
      watch,
      restart,
      alerts: () => firingAlerts(context),
      limitOf: (server) => (Object.hasOwn(servers, server) ? (servers[server] ?? 0) : perMinute),
      newCalls: newCalls(context),
      findCalls: (query, viewer) => findPage(query, viewer, context),
    },
  });
}
