import type { Context } from '../../cli/context.ts';
import { messageOf } from '../../core/errors.ts';
import type { Settings } from '../../settings/settings.ts';
import type { GatewayFlags } from './gateway-flags.ts';

export interface GatewayAlertsOptions {
  readonly flags: GatewayFlags;
  readonly settings: Settings;
  warn(line: string): void;
}

/**
 * Watches the servers of the gateway and raises alerts by what it sees, where the settings name somebody to tell; other
 * gateways pay nothing for it. What is returned ends it. Clients are served all the same when it cannot be done.
 */
export async function raiseAlerts(
  options: GatewayAlertsOptions,
  context: Context,
): Promise<() => Promise<void>> {
  const { alerts } = options.settings;
  if (!alerts.enabled || Object.keys(alerts.channels).length === 0) return async () => {};
  try {
    return await begin(options, context);
  } catch (error) {
    options.warn(`No alerts are raised: ${messageOf(error)}`);
    return async () => {};
  }
}

async function begin(
  { flags, settings, warn }: GatewayAlertsOptions,
  context: Context,
): Promise<() => Promise<void>> {
  const [{ openWatcher }, { openAlerting }] = await Promise.all([
    import('../watch/open-watcher.ts'),
    import('../alerts/open-alerting.ts'),
  ]);
  const watcher = await openWatcher({ names: flags.server ?? settings.gateway.servers }, context);
  const alerting = await openAlerting(context, warn);
  watcher.subscribe(alerting.observe);
  watcher.firstRound().catch((error: unknown) => warn(`Servers are not watched: ${messageOf(error)}`));
  return async () => {
    await watcher.close();
    await alerting.close();
  };
}
