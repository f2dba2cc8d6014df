import type { Position } from './document.ts';

/**
 * Turns offsets (UTF-16 units) of one text into lines and columns, as editors count them: lines end at LF, CRLF or a
 * lone CR, a byte order mark takes no column.
 */
export function createLocator(text: string): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const mark = low === 0 && offset > 0 && text.startsWith('\uFEFF') ? 1 : 0;
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 - mark };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}
