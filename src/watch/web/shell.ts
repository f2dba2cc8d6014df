import { htmlPage } from '../../core/html-page.ts';
import { htmlText } from '../../core/html-text.ts';
import { pageHeaders } from '../../platform/page-headers.ts';

/** Our own files and nothing else, no page made from text, and no form or connection that leaves. */
export const DASHBOARD_HEADERS = pageHeaders(
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
);

/** Whether the pages are opened by a link in the terminal or by a token of the gateway. */
export type Entrance = 'link' | 'token';

/** The page before anybody signed in: it holds no data. Without scripts its form answers with a snapshot. */
export function shellPage(entrance: Entrance, refusal?: string): string {
  const [label, help] = WORDS[entrance];
  const alert = refusal === undefined ? '' : `<p role="alert" class="refusal">${htmlText(refusal)}</p>`;
  return document(
    'mcpctl',
    `<div id="app" data-entrance="${entrance}">
<main class="door">
<h1>mcpctl</h1>
<p>${help}</p>
${alert}
<form method="post" action="session">
<label for="key">${label}</label>
<input id="key" name="key" type="password" autocomplete="off" spellcheck="false" required>
<button type="submit">Open</button>
</form>
<noscript><p>Without scripts you get a snapshot of your servers; load it again by signing in again.</p></noscript>
</main>
</div>
<script type="module" src="app.js"></script>`,
  );
}

const WORDS: Readonly<Record<Entrance, readonly [label: string, help: string]>> = {
  link: [
    'Code',
    'Open the link that <code>mcpctl watch --web</code> printed, or paste what stands behind its #.',
  ],
  token: [
    'Token',
    'Show a token of this gateway (<code>mcpctl gateway token</code> makes one), or what stands behind the # of the link in its terminal.',
  ],
};

/** Where nothing refers, a form's Origin is "null" and could be anybody's. */
const SAME_ORIGIN = '<meta name="referrer" content="same-origin">';

/** A whole page; the body is HTML. */
export function document(title: string, body: string): string {
  return htmlPage({
    title: htmlText(title),
    head: `<noscript>${SAME_ORIGIN}</noscript>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="app.css">`,
    body,
  });
}
