/**
 * Characters that a person does not see and a model reads: they can carry orders nobody reviewed, or show text in
 * another order than it has. Joiners and variation selectors that emoji and scripts need are not among them.
 */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/[\u{E0000}-\u{E007F}]/gu, 'Unicode tags'],
  [/[\u{E0100}-\u{E01EF}]/gu, 'variation selectors that carry data'],
  [/[\u202A-\u202E\u2066-\u2069\u061C\u200E\u200F]/gu, 'marks that change the direction of text'],
  [/[\u200B\u2060-\u2064\uFEFF\u00AD\u115F\u1160\u3164\uFFA0\u180E]/gu, 'invisible characters'],
  [/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g, 'control characters'],
];

/** What is hidden in a text, e.g. `12 Unicode tags`; empty when nothing is. */
export function hiddenIn(text: string): string[] {
  return KINDS.flatMap(([pattern, kind]) => {
    const count = text.match(pattern)?.length ?? 0;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
}

/** The text with every hidden character written out, as `\u{E0041}`. */
export function withHiddenShown(text: string): string {
  return KINDS.reduce(
    (shown, [pattern]) =>
      shown.replaceAll(pattern, (one) => `\\u{${one.codePointAt(0)?.toString(16).toUpperCase()}}`),
    text,
  );
}
