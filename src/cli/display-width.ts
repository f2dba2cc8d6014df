/**
 * Columns a text takes in a terminal. Colours take none, East Asian wide characters and emoji two. Written here
 * because the library for it costs more at import than all of `list`.
 */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  const bare = text.replaceAll(COLOUR, '');
  if (PLAIN.test(bare)) return bare.length;
  let width = 0;
  for (const segment of clustersOf(bare)) width += clusterWidth(segment);
  return width;
}

/** What a reader takes for single characters. */
export function* clustersOf(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter();
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** Making one costs more than measuring a line. */
let segmenter: Intl.Segmenter | undefined;

/** Latin letters, punctuation, arrows, and what lines and marks are made of: one column each, by far the most common. */
const PLAIN =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u2500-\u25fc\u2713\u2717]*$/;
const COLOUR = /\u001b\[[0-9;]*m/g;
const INVISIBLE = /^[\p{Control}\p{Format}\p{Mark}\p{Surrogate}\p{Default_Ignorable_Code_Point}]+$/u;
const WIDE =
  /^(?:\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6])/u;

function clusterWidth(cluster: string): number {
  if (INVISIBLE.test(cluster)) return 0;
  const isEmoji = cluster.includes('\ufe0f') && /^\p{Emoji}/u.test(cluster);
  return isEmoji || WIDE.test(cluster) ? 2 : 1;
}
