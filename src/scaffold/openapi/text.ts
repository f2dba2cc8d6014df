import { hiddenIn } from '../../core/hidden-characters.ts';

/** A text of the document as people see it: nothing hidden in it, one line, cut where it is too long. */
export function plainText(text: string, most: number): string {
  const plain = (
    hiddenIn(text).length > 0 ? text.replaceAll(/[\p{Cc}\p{Cf}\u{E0000}-\u{E01EF}]/gu, ' ') : text
  )
    .replaceAll(/\s+/g, ' ')
    .trim();
  return plain.length > most ? `${plain.slice(0, most - 1).trimEnd()}…` : plain;
}
