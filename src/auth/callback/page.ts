import { createHash } from 'node:crypto';
import { htmlPage } from '../../core/html-page.ts';
import { htmlText } from '../../core/html-text.ts';
import { pageHeaders } from '../../platform/page-headers.ts';
import { PAGE_STYLE } from './page-style.ts';

/** How a sign-in ended, for the page in the browser. */
export type SignInOutcome =
  | { readonly ok: true; readonly server: string }
  | {
      readonly ok: false;
      readonly server: string;
      readonly code: string;
      readonly message: string;
      /** What to type next. */
      readonly next: string;
    };

const styleHash = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** Nothing but our own style is allowed, and the address with its code goes nowhere. */
export const PAGE_HEADERS = pageHeaders(
  `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
);

/** What a person sees when the sign-in is over. */
export function outcomePage(outcome: SignInOutcome): string {
  const server = htmlText(outcome.server);
  if (outcome.ok) {
    return page({
      tone: 'good',
      title: `Signed in to ${server}`,
      body: '<p>mcpctl has what it needs.</p>\n<p>You can close this tab.</p>',
    });
  }
  return page({
    tone: 'bad',
    title: `Not signed in to ${server}`,
    body: `<p>${htmlText(outcome.message)}</p>
<h2>What to do</h2>
<p>Close this tab and run this in your terminal:</p>
<pre><code>${commandWords(outcome.next)}</code></pre>
<p class="code">Error code <code>${htmlText(outcome.code)}</code></p>`,
  });
}

/** For a browser that waited long, or whose sign-in was stopped. */
export function waitingPage(): string {
  return page({
    tone: 'open',
    title: 'Look at your terminal',
    body: '<p>The browser has done its part. How the sign-in ends is written in the terminal.</p>\n<p>You can close this tab.</p>',
  });
}

/** For a redirect that is not the one waited for. */
export function strangerPage(): string {
  return page({
    tone: 'bad',
    title: 'Not the sign-in that is waiting',
    body: '<p>This address belongs to another sign-in, perhaps an older one. mcpctl did not use it and still waits for the right one.</p>\n<p>Close this tab and go on in the newest one.</p>',
  });
}

interface PageParts {
  readonly tone: 'good' | 'bad' | 'open';
  /** Both as HTML. */
  readonly title: string;
  readonly body: string;
}

const MARKS = {
  good: '<path d="M7 12.5l3.5 3.5L17 9"/>',
  bad: '<path d="M12 7v6"/><path d="M12 16.5v.01"/>',
  open: '<path d="M12 7v5l3 2"/>',
};

function page({ tone, title, body }: PageParts): string {
  return htmlPage({
    title: `${title} · mcpctl`,
    head: `<style>${PAGE_STYLE}</style>`,
    body: `<main class="${tone}">
<svg viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="10"/>${MARKS[tone]}</svg>
<h1>${title}</h1>
${body}
</main>
<footer>mcpctl, on this computer</footer>`,
  });
}

/** A narrow page breaks a command between its words only, not inside `--flags`. */
function commandWords(command: string): string {
  return htmlText(command).replaceAll(/[^ ]+/g, '<span>$&</span>');
}
