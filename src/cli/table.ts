import { displayWidth } from './display-width.ts';
import { cutText, padText } from './fit-text.ts';

export interface TableOptions {
  readonly head?: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Characters available; the last column is cut with `…` to fit. */
  readonly width?: number;
}

/** Aligned columns, two spaces apart, no borders: readable by people and by `awk`. */
export function table({ head, rows, width = Number.POSITIVE_INFINITY }: TableOptions): string {
  const lines = head ? [head, ...rows] : rows;
  const columns = Math.max(0, ...lines.map((line) => line.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => displayWidth(line[column] ?? ''))),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === line.length - 1 ? cell : padText(cell, widths[column] ?? 0)))
        .join('  '),
    )
    .map((line) => cut(line.trimEnd(), width))
    .join('\n');
}

/** Colours would be cut open, so only plain lines are shortened. */
function cut(line: string, width: number): string {
  return line.includes('\u001b') ? line : cutText(line, width);
}
