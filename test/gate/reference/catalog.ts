import { appSteps } from '../../../src/catalog/app-steps.ts';
import {
  describeAuth,
  describeFirstCall,
  describeReadOnly,
  describeVariable,
  describeWay,
  settingsOf,
  specOf,
} from '../../../src/catalog/phrases.ts';
import type { CatalogEntry, CatalogTransport } from '../../../src/catalog/schema.ts';
import { block, bullets, code, codes, markdownTable, page } from './markdown.ts';

/** docs/reference/catalog.md: every server in one table a category. */
export function catalogPage(entries: readonly CatalogEntry[]): string {
  const categories = [...new Set(entries.map(({ category }) => category))].sort();
  const sections = categories.flatMap((category) => [
    `## ${category}`,
    markdownTable(
      ['name', 'server', 'by', 'from', 'sign-in', 'what it does'],
      entries
        .filter((entry) => entry.category === category)
        .map((entry) => [
          `[${entry.slug}](../catalog/${entry.slug}.md)`,
          entry.title,
          entry.maintainer === 'community' ? `${entry.vendor} (community)` : entry.vendor,
          entry.transports.find(({ id }) => id === entry.preferred)?.kind ?? '',
          entry.auth.kinds.join(' or '),
          entry.description,
        ]),
    ),
  ]);
  return page('Catalog', 'src/catalog/entries', [
    `The ${entries.length} servers \`mcpctl add\` knows by name. \`mcpctl list --catalog\` prints them, \`mcpctl info <name>\` ` +
      'explains one. Names from older documents (`server-github`, `@modelcontextprotocol/server-postgres`) lead to what is right today.',
    ...sections,
  ]);
}

/** docs/catalog/<slug>.md: what to know before adding a server. */
export function catalogEntryPage(entry: CatalogEntry): string {
  const { tools, firstCall, caveats, aliases } = entry;
  const preferred = entry.transports.find(({ id }) => id === entry.preferred);
  const old = aliases.filter(({ reason }) => reason);
  return page(entry.title, `src/catalog/entries/${entry.slug}.json, facts of ${entry.asOf}`, [
    `${entry.description} By ${entry.vendor}${entry.maintainer === 'community' ? ', from the community' : ''}` +
      `${entry.status === 'active' ? '' : `; ${entry.status}`}.`,
    '## Add it',
    block(
      'sh',
      [
        [`mcpctl add ${entry.slug}`, ...settingsOf(preferred)].join(' '),
        describeFirstCall(firstCall, entry.slug),
      ].join('\n'),
    ),
    bullets([
      firstCall.needsAuth ? 'The first call needs a sign-in or a key.' : 'The first call needs no sign-in.',
      ...(firstCall.argsVerified ? [] : ['Its arguments were not confirmed by the vendor’s pages.']),
      ...(firstCall.note ? [firstCall.note] : []),
    ]),
    ...profiles(entry),
    '## How it connects',
    'Another way than the recommended one: `--via <way>`. Where a server can be limited to reading it is, until you add `--write`.',
    ways(entry.transports, entry.preferred),
    ...blanks(entry.transports),
    '## Sign-in and keys',
    ...signIn(entry),
    ...keys(entry),
    '## Tools',
    `Known on ${tools.asOf}; what the server answers decides. ${tools.source}`,
    ...(tools.readOnly.length > 0 ? [`Reading: ${codes(tools.readOnly)}.`] : []),
    ...(tools.writing.length > 0 ? [`Writing: ${codes(tools.writing)}.`] : []),
    ...requests(entry),
    '## Good to know',
    bullets([
      ...caveats,
      `Rate limit: ${entry.rateLimit}`,
      `Licence: ${entry.licence ?? 'hosted, no code published'}.`,
    ]),
    ...(old.length > 0
      ? [
          '## Other names',
          markdownTable(
            ['name', 'why it leads here', 'could also mean'],
            old.map(({ name, reason = '', also = [] }) => [code(name), reason, also.join(', ')]),
          ),
        ]
      : []),
    ...alternatives(entry),
    '## Sources',
    bullets([...(entry.repository ? [entry.repository] : []), ...entry.docs]),
  ]);
}

function requests({ examples }: CatalogEntry): string[] {
  const rows = Object.entries(examples).map(([tool, asked]) => [
    code(tool),
    asked.map((each) => `“${each}”`).join(', '),
  ]);
  return rows.length === 0 ? [] : ['## What to ask for', markdownTable(['tool', 'requests'], rows)];
}

function profiles({ profiles: known, aliases }: CatalogEntry): string[] {
  if (!known) return [];
  const rows = Object.entries(known).map(([id, { title, examples = {} }]) => [
    code(
      `mcpctl add ${aliases.find(({ profile, name }) => profile === id && !name.includes('/'))?.name ?? id}`,
    ),
    title,
    Object.entries(examples)
      .map(([name, value]) => code(`${name}=${value}`))
      .join(', '),
  ]);
  return [markdownTable(['command', 'for', 'example'], rows)];
}

function ways(transports: readonly CatalogTransport[], preferred?: string): string {
  return markdownTable(
    ['way', 'from', 'reads only', 'remarks'],
    transports.map((way) => [
      `${code(way.id)}${way.id === preferred ? ' (recommended)' : ''}`,
      describeWay(way),
      way.readOnly ? code(describeReadOnly(way) ?? '') : '',
      [way.title, way.status, way.note].filter(Boolean).join('; '),
    ]),
  );
}

function blanks(transports: readonly CatalogTransport[]): string[] {
  const rows = transports.flatMap((way) =>
    Object.entries(way.blanks ?? {}).map(([name, blank]) => [
      code(`--set ${name}=…`),
      blank.description,
      blank.choices
        ? codes(blank.choices)
        : [blank.default ?? blank.example ?? ''].filter(Boolean).map(code).join(''),
    ]),
  );
  const unique = [...new Map(rows.map((row) => [row[0], row])).values()];
  return unique.length > 0 ? [markdownTable(['setting', 'what it is', 'for example'], unique)] : [];
}

function signIn(entry: CatalogEntry): string[] {
  const { oauth, note } = entry.auth;
  return [
    bullets([
      ...describeAuth(entry).map((kind, index) => `${index === 0 ? 'By default: ' : 'Or: '}${kind}.`),
      ...(note ? [note] : []),
      ...(oauth && oauth.scopes.length > 0 ? [`Scopes, least first: ${codes(oauth.scopes)}.`] : []),
      ...(oauth && oauth.minimumScopes.length > 0 ? [`Needed at least: ${codes(oauth.minimumScopes)}.`] : []),
      ...(oauth?.notes ?? []),
    ]),
    ...(oauth?.app
      ? [
          `To create an app of your own: ${oauth.app.console}`,
          appSteps(entry)
            .map((step, index) => `${index + 1}. ${step}`)
            .join('\n'),
        ]
      : []),
  ];
}

function keys({ env, headers }: Pick<CatalogEntry, 'env'> & { headers?: CatalogEntry['headers'] }): string[] {
  return [
    markdownTable(
      ['variable', 'needed', 'what it is', 'where to get it'],
      env.map((variable) => [
        code(variable.name),
        describeVariable(variable),
        `${variable.description}${variable.example ? ` Example: ${code(variable.example)}` : ''}`,
        variable.where ?? '',
      ]),
    ),
    markdownTable(
      ['header', 'value', 'what it is'],
      (headers ?? []).map(({ name, value, or = [], description = '' }) => [
        code(name),
        [value, ...or].map(code).join(' or '),
        description,
      ]),
    ),
  ].filter((text) => text !== '');
}

function alternatives(entry: CatalogEntry): string[] {
  const blocks = entry.alternatives.flatMap((other) => [
    `### ${other.title}`,
    `${other.note ?? ''}${other.status === 'active' ? '' : ` State: ${other.status}.`}${other.licence ? ` Licence: ${other.licence}.` : ''}`.trim(),
    ...(other.transports[0] ? [block('sh', `mcpctl add ${specOf(other.transports[0])}`)] : []),
    ways(other.transports),
    ...keys(other),
  ]);
  return blocks.length > 0 ? ['## Alternatives', ...blocks] : [];
}
