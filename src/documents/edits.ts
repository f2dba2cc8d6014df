import type { ConfigDocument, DocumentEdit } from './document.ts';

/** Does one edit after the other, each on the text the one before has left. */
export function editInTurn(
  document: ConfigDocument,
  edits: readonly DocumentEdit[],
  reopen: (text: string) => ConfigDocument,
): string {
  let current = document;
  for (const { path, value } of edits) {
    const text = value === undefined ? current.remove(path) : current.set(path, value);
    if (text !== current.text) current = reopen(text);
  }
  return current.text;
}
