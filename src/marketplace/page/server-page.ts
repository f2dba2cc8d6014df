import { counted } from '../../core/counted.ts';
import { htmlText } from '../../core/html-text.ts';
import { isRecord } from '../../core/json.ts';
import { entryOf } from '../api/entry.ts';
import { PUBLISHER_META, type ServerDocument, type ServerPackage } from '../document.ts';
import type { KnownServer, KnownVersion } from '../known-servers.ts';
import { provenanceIn } from '../provenance.ts';
import { day, outside, page, serverPath, shortName, stars } from './layout.ts';

export interface ServerPageOptions {
  readonly server: KnownServer;
  readonly version: KnownVersion;
  readonly root: string;
  /** Where the registry is reached, for addresses of files. */
  readonly base: string;
  /** Whether each version has a page of its own. */
  readonly hasVersions: boolean;
}

/** One server: what it is, how to add it, who publishes it. */
export function serverPage(options: ServerPageOptions): string {
  const { server, version, root, base } = options;
  const { server: document } = entryOf(server, version, base);
  const title = document.title ?? shortName(server.name);
  const isLatest = version === server.latest;
  const sections = [
    banner(server, version, root),
    `<div class="intro">
<h1>${htmlText(title)}</h1>
<p class="full-name"><code>${htmlText(server.name)}</code></p>
<p class="lead">${htmlText(document.description)}</p>
<p class="facts"><span>${htmlText(version.version)}${isLatest ? ' (latest)' : ''}</span><span>${day(version.publishedAt)}</span>${stars(server.rating)}<span>${counted(server.installs, 'install', 'installs')}</span></p>
</div>`,
    section('Add it', `<pre tabindex="0"><code>mcpctl add ${htmlText(server.name)}</code></pre>`),
    section('What runs', ways(document)),
    section('What it needs', needs(document)),
    section('Where it comes from', origin(server, version, document)),
    section('Versions', versions(options)),
  ];
  return page({ title: `${title} · MCP registry`, root, main: sections.filter(Boolean).join('\n') });
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<section><h2>${title}</h2>\n${body}\n</section>`;
}

function banner({ name }: KnownServer, version: KnownVersion, root: string): string {
  if (version.status === 'active') return '';
  const { statusMessage, replacement } = version;
  const what = version.status === 'deleted' ? 'was taken out' : 'is deprecated';
  const instead =
    replacement === undefined
      ? ''
      : ` Use <a href="${serverPath(root, replacement)}">${htmlText(replacement)}</a> instead.`;
  const message = statusMessage === undefined ? '' : ` ${htmlText(statusMessage)}`;
  return `<p class="banner" role="note"><strong>${htmlText(name)} ${htmlText(version.version)} ${what}.</strong>${message}${instead}</p>`;
}

function ways({ packages = [], remotes = [] }: ServerDocument): string {
  const rows = [
    ...packages.map((one) => [
      mark(one.registryType),
      identifier(one),
      one.version === undefined ? '' : `<span>${htmlText(one.version)}</span>`,
      one.fileSha256 === undefined
        ? ''
        : `<br><small>SHA-256 <code>${htmlText(one.fileSha256)}</code></small>`,
    ]),
    ...remotes.map(({ type, url }) => [mark(type), `<code>${htmlText(url)}</code>`]),
  ];
  return list(rows.map((parts) => `<li>${parts.filter(Boolean).join(' ')}</li>`));
}

function list(rows: readonly string[]): string {
  return rows.length === 0 ? '' : `<ul class="rows">\n${rows.join('\n')}\n</ul>`;
}

function mark(text: string, tone = ''): string {
  return `<span class="mark${tone}">${htmlText(text)}</span>`;
}

function identifier({ identifier: text }: ServerPackage): string {
  return /^https?:/.test(text) ? outside(text, text.split('/').at(-1)) : `<code>${htmlText(text)}</code>`;
}

function needs({ packages: all = [], remotes: addresses = [] }: ServerDocument): string {
  const inputs = [
    ...all.flatMap(({ environmentVariables = [] }) => environmentVariables),
    ...addresses.flatMap(({ headers = [] }) => headers),
  ];
  const seen = new Map(inputs.map((input) => [input.name, input]));
  if (seen.size === 0) return '';
  const rows = [...seen.values()].map(
    ({ name, description, isRequired, isSecret }) =>
      `<dt><code>${htmlText(name)}</code>${isRequired ? '' : ' <small>optional</small>'}${isSecret ? ' <small>secret</small>' : ''}</dt><dd>${htmlText(description ?? '')}</dd>`,
  );
  return `<dl class="needs">\n${rows.join('\n')}\n</dl>`;
}

function origin(server: KnownServer, version: KnownVersion, document: ServerDocument): string {
  const { repository, websiteUrl, _meta } = document;
  const own = _meta?.[PUBLISHER_META];
  const provenance = isRecord(own) ? provenanceIn(own) : undefined;
  const commit = provenance?.commit;
  const rows: [string, string][] = [
    ['Owners', server.owners.map((one) => htmlText(one)).join(', ')],
    ['Published by', htmlText(version.publishedBy)],
    ['Source', repository ? outside(repository.url) : ''],
    ['Commit', commit === undefined ? '' : `<code>${htmlText(commit)}</code>`],
    ['Made with', (provenance?.tools ?? []).map((one) => htmlText(one)).join(', ')],
    ['Tested', provenance?.tested === undefined ? '' : htmlText(provenance.tested)],
    ['Website', websiteUrl === undefined ? '' : outside(websiteUrl)],
  ];
  const shown = rows.filter(([, text]) => text !== '');
  return `<dl class="origin">\n${shown.map(([name, text]) => `<dt>${name}</dt><dd>${text}</dd>`).join('\n')}\n</dl>`;
}

function versions({ server, version: shown, root, hasVersions }: ServerPageOptions): string {
  const listed = [...server.versions].reverse().filter(({ isDeleted }) => !isDeleted);
  return list(
    listed.map((one) => {
      const place = `${serverPath(root, server.name)}?version=${encodeURIComponent(one.version)}`;
      const name = htmlText(one.version);
      const parts = [
        hasVersions && one !== shown ? `<a href="${htmlText(place)}">${name}</a>` : `<span>${name}</span>`,
        day(one.publishedAt),
        `<small>by ${htmlText(one.publishedBy)}</small>`,
        one === server.latest ? mark('latest', ' good') : '',
        one.status === 'deprecated' ? mark('deprecated', ' warn') : '',
      ];
      return `<li${one === shown ? ' aria-current="true"' : ''}>${parts.filter(Boolean).join(' ')}</li>`;
    }),
  );
}
