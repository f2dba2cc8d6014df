const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML, within elements and within attributes in quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A text from elsewhere as HTML: of bounded length, without characters that hide or reorder others. */
export function htmlText(text: string): string {
  const short = text.length > 1_000 ? `${text.slice(0, 1_000)}…` : text;
  return escapeHtml(short.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' '));
}
