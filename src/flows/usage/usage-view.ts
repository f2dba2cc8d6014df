import { csvField } from '../../audit/export-formats.ts';
import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { UsageRow } from './tally.ts';
import type { UsageAnswer } from './usage-flow.ts';

export interface UsageViewOptions {
  /** A row a tool, not a server. */
  readonly tools: boolean;
  readonly style: Style;
  readonly width: number;
}

export function renderUsage({ weeks, rows }: UsageAnswer, { tools, style, width }: UsageViewOptions): string {
  if (rows.length === 0) return 'No recorded call fits.';
  const overview = table({
    head: ['WEEK OF', 'USERS', 'SERVERS', 'TOOLS', 'CALLS'].map((cell) => style.dim(cell)),
    rows: weeks.map((week) => [week.week, ...[week.users, week.servers, week.tools, week.calls].map(String)]),
    width,
  });
  const head = tools
    ? ['WEEK OF', 'USER', 'SERVER', 'TOOL', 'CALLS', 'WORKED']
    : ['WEEK OF', 'USER', 'SERVER', 'CALLS', 'WORKED', 'TOOLS'];
  const lines = tools ? rows.map(toolLine) : serversOf(rows).map(serverLine);
  return [overview, '', table({ head: head.map((cell) => style.dim(cell)), rows: lines, width })].join('\n');
}

/** RFC 4180, a row a tool. */
export function usageCsv(rows: readonly UsageRow[]): string {
  const lines = rows.map(({ week, user, server, tool, calls, failed }) =>
    [week, user, server, tool, calls, failed].map(csvField).join(','),
  );
  return ['week,user,server,tool,calls,failed', ...lines].join('\r\n');
}

/** What one user did with one server in one week; rows of them stand together. */
function serversOf(rows: readonly UsageRow[]): UsageRow[][] {
  const groups = new Map<string, UsageRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.week, row.user, row.server]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

const MOST_TOOLS = 3;

function serverLine(rows: readonly UsageRow[]): string[] {
  const [{ week = '', user = undefined, server = '' } = {}] = rows;
  const calls = rows.reduce((sum, row) => sum + row.calls, 0);
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  const named = rows.slice(0, MOST_TOOLS).map(({ tool, calls: many }) => `${plainLine(tool)} ${many}`);
  const more = rows.length - named.length;
  return [
    week,
    plainLine(user ?? '-'),
    plainLine(server),
    String(calls),
    workedOf(calls, failed),
    `${named.join(', ')}${more > 0 ? `, ${more} more` : ''}`,
  ];
}

function toolLine({ week, user, server, tool, calls, failed }: UsageRow): string[] {
  return [
    week,
    plainLine(user ?? '-'),
    plainLine(server),
    plainLine(tool),
    String(calls),
    workedOf(calls, failed),
  ];
}

function workedOf(calls: number, failed: number): string {
  return `${Math.floor(((calls - failed) / calls) * 100)} %`;
}
