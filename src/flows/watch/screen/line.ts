import { displayWidth } from '../../../cli/display-width.ts';
import { cutText } from '../../../cli/fit-text.ts';
import type { Style } from '../../../platform/style.ts';
import { paint, type Tone } from './tone.ts';

/** Texts that follow each other on a line. */
export type Parts = readonly (readonly [text: string, tone?: Tone])[];

export function widthOf(parts: Parts): number {
  return parts.reduce((width, [text]) => width + displayWidth(text), 0);
}

/** One painted line of at most so many columns. */
export function line(parts: Parts, width: number, style: Style): string {
  let left = width;
  let painted = '';
  for (const [text, tone = 'plain'] of parts) {
    const shown = cutText(text, left);
    left -= displayWidth(shown);
    painted += paint(shown, tone, style);
    if (shown !== text) break;
  }
  return painted;
}

/** A line across the screen with a title in it, and a remark at its end where there is room. */
export function rule(title: string, remark: string, width: number, style: Style): string {
  const start = `── ${title} `;
  const end = remark === '' ? '' : ` ${remark} ──`;
  const dashes = width - displayWidth(start) - displayWidth(end);
  if (dashes < 1)
    return line(
      [
        ['── ', 'dim'],
        [title, 'strong'],
      ],
      width,
      style,
    );
  return line(
    [
      ['── ', 'dim'],
      [title, 'strong'],
      [` ${'─'.repeat(dashes)}${end}`, 'dim'],
    ],
    width,
    style,
  );
}

/** Words on lines of at most so many columns; a longer word is cut. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && displayWidth(longer) > width) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current].map((each) => cutText(each, width));
}
