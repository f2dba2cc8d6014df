import { displayWidth } from '../../cli/display-width.ts';
import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { Observation, ObservedServer, Remark } from '../../watch/observation.ts';
import { NONE } from './screen/short-facts.ts';

interface Column {
  readonly title: string;
  /** The highest gives way first where there is not room for all; 0 stays. */
  readonly rank: number;
  cell(server: ObservedServer, style: Style): string;
}

const COLUMNS: readonly Column[] = [
  { title: 'server', rank: 0, cell: ({ name }) => plainLine(name) },
  { title: 'state', rank: 0, cell: ({ state }, style) => shownState(state, style) },
  { title: 'era', rank: 9, cell: ({ era }) => era ?? NONE },
  {
    title: 'probe',
    rank: 1,
    cell: ({ probe }) => (probe ? (probe.ok ? `${probe.ms} ms` : 'no answer') : NONE),
  },
  { title: 'check', rank: 2, cell: shownCheck },
  {
    title: 'p95',
    rank: 5,
    cell: ({ calls: { p95Ms } }) => (p95Ms === null ? NONE : `${Math.round(p95Ms)} ms`),
  },
  { title: 'calls/min', rank: 6, cell: ({ calls }) => shownRate(calls.perMinute) },
  {
    title: 'errors',
    rank: 3,
    cell: ({ calls: { errorRatio } }) => (errorRatio === null ? NONE : `${Math.round(errorRatio * 100)} %`),
  },
  { title: 'restarts', rank: 8, cell: ({ restarts }) => String(restarts) },
  { title: 'memory', rank: 7, cell: ({ rssBytes }) => shownBytes(rssBytes) },
  { title: 'tools', rank: 4, cell: shownTools },
];
const GAP = 2;

/** A line for each server, and below it what is wrong and what to do. */
export function renderStatus({ servers, warnings }: Observation, style: Style, width: number): string {
  if (servers.length === 0) return 'No servers yet. Add one: mcpctl add <name>';
  const remarks = [
    ...servers.flatMap((server) => [
      ...(server.reason ? [shownRemark(style.red(plainLine(server.name)), server.reason, style)] : []),
      ...server.warnings.map((warning) => shownRemark(style.yellow(plainLine(server.name)), warning, style)),
    ]),
    ...warnings.map((warning) => shownRemark(style.yellow('all'), warning, style)),
  ];
  const shown = fitting(servers, style, width);
  const head = shown.map(({ title }) => style.dim(title));
  const rows = servers.map((_, row) => shown.map(({ cells }) => cells[row] ?? ''));
  return [table({ head, rows, width }), ...(remarks.length > 0 ? ['', ...remarks] : [])].join('\n');
}

interface Laid {
  readonly title: string;
  readonly place: number;
  readonly cells: readonly string[];
  readonly width: number;
}

/** The columns there is room for; those with nothing to tell give way first. */
function fitting(servers: readonly ObservedServer[], style: Style, room: number): readonly Laid[] {
  const isDeep = servers.some(({ check }) => check);
  const all = COLUMNS.filter(({ title }) => isDeep || title !== 'check').map(
    ({ title, rank, cell }): Laid => {
      const cells = servers.map((server) => cell(server, style));
      const isEmpty = rank > 0 && cells.every((text) => text === NONE || text === '0');
      const width = Math.max(...[title, ...cells].map(displayWidth));
      return { title, cells, width, place: rank + (isEmpty ? COLUMNS.length : 0) };
    },
  );
  let kept = all;
  for (const last of [...all].sort((one, other) => other.place - one.place)) {
    const taken = kept.reduce((sum, { width }) => sum + width + GAP, -GAP);
    if (taken <= room || last.place === 0) break;
    kept = kept.filter((each) => each !== last);
  }
  return kept;
}

export function shownState(state: ObservedServer['state'], style: Style): string {
  if (state === 'healthy') return style.green(state);
  if (state === 'failed' || state === 'degraded') return style.red(state);
  return state === 'needs-auth' || state === 'starting' ? style.yellow(state) : style.dim(state);
}

function shownCheck({ check }: ObservedServer): string {
  if (!check) return NONE;
  const { outcome, ms } = check;
  return outcome === 'ok' ? `${ms} ms` : outcome === 'failed' ? 'fails' : 'not made';
}

export function shownTools({ tools: { offered, locked, changed } }: ObservedServer): string {
  if (offered === null && locked === null) return NONE;
  const counts = `${offered ?? NONE}/${locked ?? NONE}`;
  return changed.length === 0 ? counts : `${counts}, ${changed.length} changed`;
}

const MIB = 1024 * 1024;

export function shownBytes(bytes: number | null): string {
  return bytes === null ? NONE : `${Math.round(bytes / MIB)} MiB`;
}

export function shownRate(perMinute: number): string {
  return perMinute === 0 || perMinute >= 10 ? String(Math.round(perMinute)) : perMinute.toFixed(1);
}

function shownRemark(who: string, { message, hint }: Remark, style: Style): string {
  return `${who} ${plainLine(message)}${hint === undefined ? '' : `\n  ${style.cyan('try')} ${hint}`}`;
}
