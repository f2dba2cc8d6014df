import { displayWidth } from '../../../cli/display-width.ts';
import { cutText, padText } from '../../../cli/fit-text.ts';
import type { Style } from '../../../platform/style.ts';
import type { ObservedServer } from '../../../watch/observation.ts';
import { type Cell, COLUMNS, type Column } from './columns.ts';
import { NONE } from './short-facts.ts';
import { paint } from './tone.ts';

export interface TableFacts {
  readonly servers: readonly ObservedServer[];
  /** Name of one of them. */
  readonly selected: string | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const GAP = 2;
const MARK = '▸ ';
const WIDEST_NAME = 30;
/** What the state needs beside a long name. */
const STATE_ROOM = 14;

interface Laid {
  readonly column: Column;
  readonly cells: readonly Cell[];
  readonly width: number;
}

/**
 * The head and as many servers as fit in `rows` lines, the selected one among them; a last line tells how many more
 * there are. Columns that have no room are left out.
 */
export function serverTable(
  { servers, selected, now }: TableFacts,
  { columns, rows }: { columns: number; rows: number },
  style: Style,
): string[] {
  const laid = fitting(servers, now, columns - MARK.length);
  const head = laid
    .map(({ column, width }) => padText(column.title, width, column.side))
    .join(' '.repeat(GAP));
  const place = window(servers, selected, rows - 1);
  const lines = servers.slice(place.start, place.end).map((server, offset) => {
    const isSelected = server.name === selected;
    const cells = laid.map(({ column, cells: own, width }, index) => {
      const { text, tone } = own[place.start + offset] ?? { text: '', tone: 'plain' };
      const padded = padText(cutText(text, width), width, column.side);
      return paint(padded, isSelected && index === 0 ? 'strong' : tone, style);
    });
    return (isSelected ? paint(MARK, 'note', style) : ' '.repeat(MARK.length)) + cells.join(' '.repeat(GAP));
  });
  const [above, below] = [place.start, servers.length - place.end];
  const more = [above > 0 ? `↑ ${above} more` : '', below > 0 ? `↓ ${below} more` : ''].filter(
    (text) => text !== '',
  );
  return [
    style.dim(' '.repeat(MARK.length) + head),
    ...lines,
    ...(more.length > 0 && place.isCut ? [style.dim(' '.repeat(MARK.length) + more.join('   '))] : []),
  ];
}

/** Which servers are shown: all, or with a line less those around the selected one. */
function window(
  servers: readonly ObservedServer[],
  selected: string | undefined,
  lines: number,
): { start: number; end: number; isCut: boolean } {
  if (servers.length <= lines) return { start: 0, end: servers.length, isCut: false };
  // With two lines there is no room to say how many more there are.
  const isCut = lines > 2;
  const room = Math.max(1, isCut ? lines - 1 : lines);
  const index = Math.max(
    0,
    servers.findIndex(({ name }) => name === selected),
  );
  const start = Math.min(Math.max(0, index - Math.floor(room / 2)), servers.length - room);
  return { start, end: start + room, isCut };
}

/** The columns of the lowest ranks that fit, in their order; those with nothing to tell give way first. */
function fitting(servers: readonly ObservedServer[], now: number, room: number): Laid[] {
  const all = COLUMNS.map((column): Laid => {
    const cells = servers.map((server) => column.cell(server, now));
    const widest = Math.max(
      column.least,
      column.title.length,
      ...cells.map(({ text }) => displayWidth(text)),
    );
    const most =
      column.rank === 0 ? Math.min(WIDEST_NAME, Math.max(column.least, room - STATE_ROOM)) : widest;
    return { column, cells, width: Math.min(widest, most) };
  });
  const kept = new Set<Laid>();
  let left = room + GAP;
  for (const each of [...all].sort((one, other) => placeOf(one) - placeOf(other))) {
    if (each.width + GAP > left) break;
    kept.add(each);
    left -= each.width + GAP;
  }
  return all.filter((each) => kept.has(each));
}

function placeOf({ column, cells }: Laid): number {
  return column.rank + (cells.every(({ text }) => text === NONE) ? COLUMNS.length : 0);
}
