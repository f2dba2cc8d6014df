import { clustersOf, displayWidth } from './display-width.ts';

/** Plain text of at most so many columns; `…` stands for what was cut. */
export function cutText(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width <= 0) return '';
  let kept = '';
  let used = 1;
  for (const segment of clustersOf(text)) {
    used += displayWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Filled with spaces up to so many columns, after the text or, at the `right` side, before it. */
export function padText(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const filling = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return side === 'left' ? text + filling : filling + text;
}
