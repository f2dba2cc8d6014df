import { plainLine } from '../../../cli/terminal-text.ts';
import type { Style } from '../../../platform/style.ts';
import type { ScreenSize } from '../../../platform/terminal-screen.ts';
import { detailLines } from './details.ts';
import { rule } from './line.ts';
import { changeLine, helpLines, logLines, remarkLines } from './panes.ts';
import { serverTable } from './server-table.ts';
import { STATES } from './tone.ts';
import { bottomLine, remarkLine, summaryLine } from './top-and-bottom.ts';
import type { ScreenFacts } from './view.ts';

export interface Rendered {
  /** As many as the screen has, none wider than it less one column. */
  readonly rows: readonly string[];
  /** How many lines the pane can be scrolled. */
  readonly reach: number;
}

/** From so many rows on there is room for blank lines. */
const ROOMY = 20;
const MOST_CHANGES = 8;

/** Pure: the whole screen. */
export function renderScreen(facts: ScreenFacts, { columns, rows }: ScreenSize, style: Style): Rendered {
  // A terminal that measures a character otherwise has a column to spare.
  const width = Math.max(1, columns - 1);
  const remarks = remarkLine(facts, width, style);
  const top = [summaryLine(facts, width, style), ...remarks, ...(rows >= ROOMY ? [''] : [])];
  const height = Math.max(0, rows - top.length - 1);
  const { lines, reach } = middle(facts, width, height, style);
  const filled = [...lines, ...Array.from({ length: Math.max(0, height - lines.length) }, () => '')];
  const all = [...top, ...filled.slice(0, height), bottomLine(facts, width, style)];
  return { rows: all.slice(0, rows), reach };
}

interface Middle {
  readonly lines: readonly string[];
  readonly reach: number;
}

function middle(facts: ScreenFacts, width: number, height: number, style: Style): Middle {
  const { observation, view, now } = facts;
  if (view.pane === 'help') return paneOf(facts, width, height, style);
  if (!observation) return { lines: [style.dim('  Looking at every server for the first time …')], reach: 0 };
  const { servers } = observation;
  if (servers.length === 0)
    return { lines: [style.dim('  No servers yet. Add one: mcpctl add <name>')], reach: 0 };
  const table = (rows: number): string[] =>
    serverTable({ servers, selected: view.selected, now }, { columns: width, rows }, style);
  if (view.pane !== undefined) {
    const lines = table(Math.min(servers.length + 1, Math.max(2, Math.floor(height / 3))));
    const pane = paneOf(facts, width, height - lines.length, style);
    return { lines: [...lines, ...pane.lines], reach: pane.reach };
  }
  const strip = stripOf(facts, width, height, style);
  const least = height >= 12 ? Math.min(4, facts.changes.length + 1) : Math.min(2, facts.changes.length);
  const shown = table(Math.max(2, Math.min(servers.length + 1, height - strip.length - least)));
  const room = height - shown.length - strip.length;
  const changes = changeLines(facts, width, room, style);
  const gap = Array.from({ length: Math.max(0, room - changes.length) }, () => '');
  return { lines: [...shown, ...strip, ...gap, ...changes], reach: 0 };
}

/** What is wrong with the selected server, in a quarter of the height. */
function stripOf({ observation, view }: ScreenFacts, width: number, height: number, style: Style): string[] {
  const server = observation?.servers.find(({ name }) => name === view.selected);
  if (!server) return [];
  const { state, reason, warnings } = server;
  const most = height >= ROOMY ? 3 : 1;
  const lines = [
    ...(reason ? remarkLines(reason, { tone: STATES[state].tone, most }, width, style) : []),
    ...warnings.flatMap((warning) => remarkLines(warning, { tone: 'warn', most }, width, style)),
  ];
  const room = Math.floor(height / 4);
  return lines.length === 0 ? [] : height >= ROOMY - 2 ? ['', ...lines.slice(0, room)] : lines.slice(0, room);
}

/** The latest changes, the last one last, in at most so many lines. */
function changeLines({ changes, now }: ScreenFacts, width: number, room: number, style: Style): string[] {
  if (room < 1 || changes.length === 0) return [];
  const isTitled = room > 3;
  const gap = room > MOST_CHANGES ? [''] : [];
  const latest = changes.slice(-Math.min(MOST_CHANGES, room - gap.length - (isTitled ? 1 : 0)));
  const lines = latest.map((change) => changeLine(change, now, width, style));
  return isTitled ? [rule('changes', '', width, style), ...lines, ...gap] : lines;
}

function paneOf(facts: ScreenFacts, width: number, height: number, style: Style): Middle {
  const { view } = facts;
  const room = Math.max(0, height - 1);
  const content = contentOf(facts, width, style);
  const reach = Math.max(0, content.length - room);
  const scrolled = Math.min(view.scrolled, reach);
  const start = view.pane === 'logs' ? reach - scrolled : scrolled;
  const title = view.pane === 'help' ? 'help' : `${view.pane} of ${plainLine(view.selected ?? '')}`;
  const below = reach - start;
  const remark = below > 0 ? `${below} more lines below` : 'Esc closes';
  return { lines: [rule(title, remark, width, style), ...content.slice(start, start + room)], reach };
}

function contentOf(facts: ScreenFacts, width: number, style: Style): string[] {
  if (facts.view.pane === 'help') return helpLines(width, style);
  return facts.view.pane === 'logs' ? logLines(facts, width, style) : detailLines(facts, width, style);
}
