import { counted } from '../../core/counted.ts';
import { htmlText } from '../../core/html-text.ts';
import type { KnownServer } from '../known-servers.ts';
import { day, page, serverPath, shortName, stars } from './layout.ts';

export interface ListPageOptions {
  readonly servers: readonly KnownServer[];
  readonly root: string;
  /** Where the registry is reached. */
  readonly base: string;
  /** What was searched for; undefined where nothing can be (files). */
  readonly search?: string;
  /** Which page of how many, from 1. */
  readonly place: { readonly page: number; readonly pages: number; readonly all: number };
}

/** The servers of a registry. */
export function listPage({ servers, root, base, search, place }: ListPageOptions): string {
  const form =
    search === undefined
      ? ''
      : `<form role="search" action="${root}" method="get"><label class="unseen" for="q">Search servers</label><input id="q" name="q" type="search" value="${htmlText(search)}" placeholder="Search servers" autocomplete="off"><button type="submit">Search</button></form>`;
  const found = search ? ` for “${htmlText(search)}”` : '';
  const title = search ? `${search} · MCP registry` : 'MCP registry';
  return page({
    title,
    root,
    bar: form,
    main: `<h1>${counted(place.all, 'server', 'servers')}${found}</h1>
${servers.length > 0 ? `<ul class="servers">\n${servers.map((one) => card(one, root)).join('\n')}\n</ul>` : empty(search)}
${pager({ root, search, place })}
<p class="connect">To add from here: <code>mcpctl registry connect ${htmlText(base)}</code></p>`,
  });
}

function empty(search: string | undefined): string {
  return search
    ? '<p class="empty">Nothing fits. Search for a part of the name, the title or the description.</p>'
    : '<p class="empty">Nothing is published yet. In the folder of a server: <code>mcpctl publish</code></p>';
}

function card(server: KnownServer, root: string): string {
  const { name, latest, rating, installs } = server;
  const { title, description } = latest.document;
  const mark = latest.status === 'deprecated' ? ' <span class="mark warn">deprecated</span>' : '';
  const facts = [
    `<span>${htmlText(latest.version)}</span>`,
    `<span>${day(latest.publishedAt)}</span>`,
    stars(rating),
    installs > 0 ? `<span>${counted(installs, 'install', 'installs')}</span>` : '',
  ].filter(Boolean);
  return `<li class="server"><h2><a href="${serverPath(root, name)}">${htmlText(title ?? shortName(name))}</a>${mark}</h2>
<p class="full-name"><code>${htmlText(name)}</code></p>
<p>${htmlText(description)}</p>
<p class="facts">${facts.join('')}</p></li>`;
}

function pager({ root, search, place }: Pick<ListPageOptions, 'root' | 'search' | 'place'>): string {
  if (place.pages <= 1) return '';
  const link = (to: number, text: string): string => {
    const query = new URLSearchParams({ ...(search && { q: search }), page: String(to) });
    return `<a href="${root}?${htmlText(query.toString())}">${text}</a>`;
  };
  return `<nav class="pager" aria-label="Pages">
${place.page > 1 ? link(place.page - 1, 'Previous') : ''}
<span>Page ${place.page} of ${place.pages}</span>
${place.page < place.pages ? link(place.page + 1, 'Next') : ''}
</nav>`;
}
