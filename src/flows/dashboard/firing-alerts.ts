import type { Context } from '../../cli/context.ts';
import { openBookFile } from '../../watch/alerts/book-file.ts';
import { RULES } from '../../watch/alerts/rules.ts';
import type { ShownAlert } from '../../watch/web/wire.ts';

/** What fires now, as the watchers of this user noted it. */
export async function firingAlerts({ paths }: Pick<Context, 'paths'>): Promise<ShownAlert[]> {
  const { alerts } = await openBookFile(paths).read();
  return alerts
    .filter(({ state }) => state === 'firing')
    .map(({ rule, subject, severity, summary, since, runbook }) => ({
      rule,
      severity,
      summary,
      since: new Date(since).toISOString(),
      hint: runbook,
      ...(isAboutServers(rule) && { server: subject }),
    }));
}

function isAboutServers(rule: string): boolean {
  return RULES.some(({ name, subject }) => name === rule && subject === 'server');
}
