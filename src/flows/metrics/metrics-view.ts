import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { MetricsSummary } from './metrics-flow.ts';
import { type CallFigures, compare, type ServerFigures, type Sort, type ToolFigures } from './summary.ts';

/** Tools that are shown; `--json` has all. */
const MOST_SHOWN = 15;

export function renderSummary(
  summary: MetricsSummary,
  { sort, style, width }: { readonly sort: Sort; readonly style: Style; readonly width: number },
): string {
  const { servers } = summary;
  if (servers.every(({ calls }) => calls === 0))
    return [nothing(summary), ...neverUsed(servers, style)].join('\n');
  const tools = servers.flatMap((server) => server.tools).sort((one, other) => compare(one, other, sort));
  const more = tools.length > MOST_SHOWN ? [style.dim(`and ${tools.length - MOST_SHOWN} more: --json`)] : [];
  return [
    style.dim(sourceOf(summary)),
    '',
    table({ head: SERVER_HEAD, rows: servers.map((each) => serverRow(each, style)), width }),
    '',
    table({ head: TOOL_HEAD, rows: tools.slice(0, MOST_SHOWN).map((each) => toolRow(each, style)), width }),
    ...more,
    ...neverUsed(servers, style),
    '',
    style.dim('Times are estimates: within a bucket durations count as evenly spread.'),
  ].join('\n');
}

const TIMES = ['P50', 'P95', 'P99'];
const SERVER_HEAD = ['SERVER', 'CALLS', 'ERRORS', ...TIMES, 'CACHE HITS', 'LIMITED', 'RETRIES', 'RESTARTS'];
const TOOL_HEAD = ['TOOL', 'CALLS', 'ERRORS', ...TIMES, 'FAILURES'];

function nothing({ source, since, processes }: MetricsSummary): string {
  if (source === 'audit') return `The audit log has no call since ${since}.`;
  const why = processes === 0 ? 'No client and no gateway runs now' : 'Nothing was called yet';
  return `${why}. What was called before: mcpctl metrics --since 7d`;
}

function sourceOf({ source, since, processes, damaged }: MetricsSummary): string {
  const lines = damaged > 0 ? `, ${damaged} damaged lines left out (mcpctl audit verify)` : '';
  if (source === 'audit') return `From the audit log since ${since}${lines}.`;
  return `Of the ${processes === 1 ? 'process' : `${processes} processes`} that run now, since each began.`;
}

function serverRow(figures: ServerFigures, style: Style): string[] {
  const { server, cacheHitRatio, rateLimited, retries, restarts } = figures;
  return [
    plainLine(server),
    ...callCells(figures, style),
    cacheHitRatio === null ? '-' : percent(cacheHitRatio),
    String(rateLimited),
    String(retries),
    restarts === null ? '-' : String(restarts),
  ];
}

function toolRow(figures: ToolFigures, style: Style): string[] {
  const { server, tool, failures } = figures;
  const kinds = Object.entries(failures).map(([kind, count]) => `${count} ${plainLine(kind)}`);
  return [plainLine(`${server}/${tool}`), ...callCells(figures, style), kinds.join(', ') || '-'];
}

function callCells({ calls, errors, errorRatio, p50Ms, p95Ms, p99Ms }: CallFigures, style: Style): string[] {
  const shown = errorRatio === null || errors === 0 ? '0' : `${errors} (${percent(errorRatio)})`;
  return [String(calls), errors === 0 ? shown : style.red(shown), ...[p50Ms, p95Ms, p99Ms].map(time)];
}

function time(ms: number | null): string {
  if (ms === null) return '-';
  return ms >= 1000 ? `~${(ms / 1000).toFixed(1)} s` : `~${Math.round(ms)} ms`;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(ratio > 0 && ratio < 0.1 ? 1 : 0)} %`;
}

function neverUsed(servers: readonly ServerFigures[], style: Style): string[] {
  const lines = servers
    .filter(({ neverUsed: tools }) => tools.length > 0)
    .map(({ server, neverUsed: tools, calls }) => {
      const which = calls === 0 ? `all ${tools.length}` : tools.map(plainLine).join(', ');
      return `  ${style.bold(plainLine(server))}  ${which}`;
    });
  return lines.length === 0 ? [] : ['', 'Never called:', ...lines];
}
