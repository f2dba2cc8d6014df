import { hasState } from './judge.ts';

/** The redirect a pasted text stands for, or why it is none, in words that repeat nothing of it. */
export type Pasted =
  | { readonly kind: 'redirect'; readonly url: URL }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * Reads what people paste when a browser could not come back by itself: the whole address (in quotes, wrapped over
 * lines, escaped for a shell, or copied from HTML), only its query, or `code#state` as some pages show it.
 */
export function readPasted(
  text: string,
  { redirectUri, state }: { readonly redirectUri: string; readonly state: string },
): Pasted {
  const url = new URL(redirectUri);
  url.search = queryOf(text);
  const { searchParams } = url;
  if (!searchParams.has('code') && !searchParams.has('error')) {
    return refused(
      searchParams.has('client_id')
        ? `That is the address of the sign-in page. Sign in there; the browser then goes to an address that begins with ${redirectUri}?, and that one is needed here.`
        : `That is not the address the browser ended at. It begins with ${redirectUri}? and holds a code.`,
    );
  }
  if (!searchParams.has('state')) {
    return refused('The address is cut off: its "state" is missing. Copy it up to its very end.');
  }
  if (!hasState(url, state)) {
    return refused(
      'That address belongs to another sign-in. Paste the one of the page that was opened last.',
    );
  }
  return { kind: 'redirect', url };
}

function refused(message: string): Pasted {
  return { kind: 'refused', message };
}

/** What a terminal sends around a paste. */
const PASTE_MARKS = /\u001b\[20[01]~/g;

function queryOf(text: string): string {
  const clean = text
    .replaceAll(PASTE_MARKS, '')
    .replaceAll(/[\s\p{Cc}\p{Cf}\\]/gu, '')
    .replaceAll('&amp;', '&')
    .replaceAll(/^["'`<(]+|["'`>),]+$/g, '');
  const mark = clean.indexOf('?');
  if (mark === -1 && !clean.includes('=')) {
    const [code = '', state] = clean.split('#');
    return state === undefined ? '' : new URLSearchParams({ code, state }).toString();
  }
  return clean.slice(mark + 1).replace(/#.*$/, '');
}
