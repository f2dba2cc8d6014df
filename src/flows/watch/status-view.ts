import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { Observation, ObservedServer, Remark } from '../../watch/observation.ts';

/** A line for each server, and below it what is wrong and what to do. */
export function renderStatus({ servers, warnings }: Observation, style: Style, width: number): string {
  if (servers.length === 0) return 'No servers yet. Add one: mcpctl add <name>';
  const head = [
    'server',
    'state',
    'era',
    'probe',
    'p95',
    'calls/min',
    'errors',
    'restarts',
    'memory',
    'tools',
  ];
  const rows = servers.map((server) => [
    server.name,
    shownState(server.state, style),
    server.era ?? '-',
    server.probe ? (server.probe.ok ? `${server.probe.ms} ms` : 'no answer') : '-',
    server.calls.p95Ms === null ? '-' : `${Math.round(server.calls.p95Ms)} ms`,
    shownRate(server.calls.perMinute),
    server.calls.errorRatio === null ? '-' : `${Math.round(server.calls.errorRatio * 100)} %`,
    String(server.restarts),
    shownBytes(server.rssBytes),
    shownTools(server),
  ]);
  const remarks = [
    ...servers.flatMap((server) => [
      ...(server.reason ? [shownRemark(style.red(server.name), server.reason, style)] : []),
      ...server.warnings.map((warning) => shownRemark(style.yellow(server.name), warning, style)),
    ]),
    ...warnings.map((warning) => shownRemark(style.yellow('all'), warning, style)),
  ];
  const lines = table({ head: head.map((cell) => style.dim(cell)), rows, width });
  return [lines, ...(remarks.length > 0 ? ['', ...remarks] : [])].join('\n');
}

export function shownState(state: ObservedServer['state'], style: Style): string {
  if (state === 'healthy') return style.green(state);
  if (state === 'failed' || state === 'degraded') return style.red(state);
  return state === 'needs-auth' || state === 'starting' ? style.yellow(state) : style.dim(state);
}

export function shownTools({ tools: { offered, locked, changed } }: ObservedServer): string {
  if (offered === null && locked === null) return '-';
  const counts = `${offered ?? '-'}/${locked ?? '-'}`;
  return changed.length === 0 ? counts : `${counts}, ${changed.length} changed`;
}

const MIB = 1024 * 1024;

export function shownBytes(bytes: number | null): string {
  return bytes === null ? '-' : `${Math.round(bytes / MIB)} MiB`;
}

export function shownRate(perMinute: number): string {
  return perMinute === 0 || perMinute >= 10 ? String(Math.round(perMinute)) : perMinute.toFixed(1);
}

function shownRemark(who: string, { message, hint }: Remark, style: Style): string {
  return `${who} ${plainLine(message)}${hint === undefined ? '' : `\n  ${style.cyan('try')} ${hint}`}`;
}
