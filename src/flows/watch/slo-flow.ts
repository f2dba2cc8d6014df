import type { Context } from '../../cli/context.ts';
import { table } from '../../cli/table.ts';
import type { Style } from '../../platform/style.ts';
import { createHistoryFiles } from '../../watch/history/files.ts';
import { GOAL, type ServerLevel, serviceLevels, type Uptime, WINDOWS } from '../../watch/history/slo.ts';

export interface ServiceLevels {
  /** Share of the time a server should work. */
  readonly goal: number;
  readonly servers: readonly ServerLevel[];
}

/** How well the servers worked, by the history that `watch` writes. */
export async function sloFlow(
  names: readonly string[] | undefined,
  { paths, now }: Context,
): Promise<ServiceLevels> {
  const time = now().getTime();
  const lines = await createHistoryFiles(paths.history).read(time - WINDOWS['30d']);
  const servers = serviceLevels(lines, time).filter(({ name }) => names?.includes(name) ?? true);
  return { goal: GOAL, servers };
}

export function renderSlo({ goal, servers }: ServiceLevels, style: Style, width: number): string {
  if (servers.length === 0) return 'Nobody has watched yet. Begin: mcpctl watch';
  const head = ['server', ...Object.keys(WINDOWS), 'incidents', 'noticed after', 'worked again after'];
  const shown = ({ ratio }: Uptime): string => {
    if (ratio === null) return '-';
    const text = `${(Math.floor(ratio * 10_000) / 100).toFixed(2)} %`;
    return ratio >= goal ? style.green(text) : style.red(text);
  };
  const rows = servers.map(({ name, uptime, incidents, detectSeconds, recoverSeconds }) => [
    name,
    ...Object.values(uptime).map(shown),
    String(incidents),
    ...[detectSeconds, recoverSeconds].map((seconds) => (seconds === null ? '-' : `${seconds.toFixed(1)} s`)),
  ]);
  const lines = table({ head: head.map((cell) => style.dim(cell)), rows, width });
  return `${lines}\n\nThe goal is ${goal * 100} % of the time somebody watched. Means of 30 days.`;
}
