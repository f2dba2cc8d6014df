import { htmlText } from '../../core/html-text.ts';
import { pageHeaders } from '../../platform/page-headers.ts';

/** No script at all; our own style sheet and icon, and a form that asks this registry. */
export const REGISTRY_PAGE_HEADERS = pageHeaders(
  [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
);

export interface PageParts {
  /** As text. */
  readonly title: string;
  /** From this page to where the registry begins: `/`, or `../../../` in files. Ends in a slash. */
  readonly root: string;
  /** As HTML. */
  readonly main: string;
  /** As HTML, between the name and the end of the bar. */
  readonly bar?: string;
}

/** A whole page. */
export function page({ title, root, main, bar = '' }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${htmlText(title)}</title>
<link rel="icon" href="${root}icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${root}registry.css">
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="bar"><a class="name" href="${root}">MCP registry</a>${bar}</header>
<main id="main">
${main}
</main>
</body>
</html>
`;
}

/** Where the page of a server is. */
export function serverPath(root: string, name: string): string {
  return `${root}servers/${name.split('/').map(encodeURIComponent).join('/')}/`;
}

/** What stands behind the namespace, for servers without a title. */
export function shortName(name: string): string {
  return name.split('/').at(-1) ?? name;
}

/** A link to another site, or its text alone where it leads to something else than a web page. */
export function outside(address: string, text = address): string {
  const isWeb = URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
  return isWeb
    ? `<a href="${htmlText(address)}" rel="noopener noreferrer nofollow">${htmlText(text)}</a>`
    : htmlText(text);
}

/** A rating for the eye and the ear. */
export function stars(rating: { readonly average: number; readonly count: number } | undefined): string {
  if (!rating) return '';
  const full = Math.round(rating.average);
  const people = rating.count === 1 ? '1 rating' : `${rating.count} ratings`;
  return `<span class="stars"><span aria-hidden="true">${'★'.repeat(full)}${'☆'.repeat(5 - full)}</span> ${rating.average.toFixed(1)}<span class="unseen"> of 5</span> <small>(${people})</small></span>`;
}

export function day(moment: string): string {
  return `<time datetime="${htmlText(moment)}">${htmlText(moment.slice(0, 10))}</time>`;
}
