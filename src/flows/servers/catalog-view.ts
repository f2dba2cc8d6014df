import { appSteps } from '../../catalog/app-steps.ts';
import type { CatalogMatch } from '../../catalog/find.ts';
import type { CatalogIndexRow } from '../../catalog/index-row.ts';
import {
  addCommand,
  describeAuth,
  describeFirstCall,
  describeReadOnly,
  describeVariable,
  describeWay,
} from '../../catalog/phrases.ts';
import type { CatalogEntry } from '../../catalog/schema.ts';
import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { RefreshedServer } from '../catalog/refreshed-server.ts';
import { renderSections } from './server-detail.ts';
import { catalogStandIns, renderStandIns } from './stand-ins.ts';

export function renderCatalog(rows: readonly CatalogIndexRow[], style: Style, width: number): string {
  if (rows.length === 0) return 'No server of the catalog fits.';
  const lines = rows.map((row) => [row.slug, row.category, row.via, row.auth, row.description]);
  const head = ['name', 'category', 'from', 'sign-in', 'what it does'].map((cell) => style.dim(cell));
  return [
    table({ head, rows: lines, width }),
    '',
    style.dim(`${rows.length} servers. More about one: mcpctl info ${rows[0]?.slug}`),
  ].join('\n');
}

/** The catalog's part of `info --json`. */
export function catalogDocument(match: CatalogMatch, asked: string, listed?: RefreshedServer) {
  const { entry, alternative, by, profile, transport, reason, also } = match;
  return {
    asked,
    match: {
      by,
      transport,
      ...(profile !== undefined && { profile }),
      ...(alternative && { alternative: alternative.id }),
      ...(reason !== undefined && { reason }),
      also,
    },
    add: addCommand(match, asked),
    trust: entry.tier === 'listed' ? 'listed' : 'tested',
    ...(listed && { registry: listingOf(listed) }),
    standIns: catalogStandIns(entry.slug),
    entry,
  };
}

/** What a registry says of a server the catalog has. */
function listingOf({ row, source }: RefreshedServer) {
  const { version, status, statusMessage, updatedAt, rating, installs } = row;
  return {
    name: source.name,
    url: source.url,
    readAt: source.readAt,
    version,
    status,
    ...(statusMessage !== undefined && { statusMessage }),
    ...(updatedAt !== undefined && { updatedAt }),
    ...(rating && { rating: { average: rating[0], count: rating[1] } }),
    ...(installs !== undefined && { installs }),
  };
}

export type CatalogDocument = ReturnType<typeof catalogDocument>;

/** Everything to know before adding a server, one section after the other. */
export function renderCatalogEntry(
  { asked, match, add, standIns, entry, registry }: CatalogDocument,
  style: Style,
): string {
  const { title, slug, vendor, maintainer, status } = entry;
  const by = maintainer === 'community' ? `${vendor}, community` : vendor;
  const recommendation = [
    ...(match.reason ? [`${asked}: ${match.reason}`] : []),
    ...(match.also.length > 0 ? [`${asked} could also mean: ${match.also.join(', ')}`] : []),
    ...(match.alternative ? [`${asked} is the alternative ${match.alternative} below`] : []),
    ...(match.profile ? [`set up for ${entry.profiles?.[match.profile]?.title ?? match.profile}`] : []),
  ];
  const sections: [string, readonly string[]][] = [
    ['note', recommendation],
    ['connects', waysOf(entry, match.alternative ? undefined : match.transport)],
    ['sign-in', signInOf(entry)],
    ['keys', keysOf(entry)],
    ['tools', toolsOf(entry)],
    ['first call', firstCallOf(entry)],
    ['if down', renderStandIns(standIns)],
    ['rate limit', [entry.rateLimit]],
    ['licence', [entry.licence ?? 'hosted by the vendor; no code published']],
    ['take care', entry.caveats],
    ['others', othersOf(entry)],
    ['registry', registryOf(registry)],
    ['docs', entry.docs],
    ['add it', [style.bold(add)]],
  ];
  const state = status === 'active' ? '' : `, ${status}`;
  return [
    `${style.bold(title)} (${slug}), by ${by}${state}`,
    entry.description,
    '',
    ...renderSections(sections, style),
  ].join('\n');
}

function registryOf(registry: CatalogDocument['registry']): string[] {
  if (!registry) return [];
  const { name, version, updatedAt, status, statusMessage = '', rating, readAt } = registry;
  return [
    `${name} lists ${plainLine(version)}${updatedAt === undefined ? '' : ` of ${updatedAt.slice(0, 10)}`}, read on ${readAt.slice(0, 10)}`,
    ...(status === 'active' ? [] : [`${status} there. ${plainLine(statusMessage)}`.trim()]),
    ...(rating ? [`rated ${rating.average.toFixed(1)} of 5, ${rating.count} in all`] : []),
  ];
}

function waysOf(entry: CatalogEntry, chosen: string | undefined): string[] {
  const ways = [...entry.transports].sort((a, b) => Number(b.id === chosen) - Number(a.id === chosen));
  return ways.flatMap((way) => {
    const label = [
      ...(way.id === entry.preferred ? [] : [`--via ${way.id}`]),
      ...(way.title ? [way.title] : []),
    ];
    const blanks = Object.entries(way.blanks ?? {}).map(([name, blank]) => {
      const hint = blank.choices?.join(', ') ?? blank.default ?? blank.example;
      return `  --set ${name}=…: ${blank.description}${hint ? ` (${hint})` : ''}`;
    });
    const readOnly = describeReadOnly(way);
    return [
      `${describeWay(way)}${label.length > 0 ? `  (${label.join(', ')})` : ''}`,
      ...(readOnly ? [`  reads only (${readOnly}) unless you add --write`] : []),
      ...blanks,
      ...(way.note ? [`  ${way.note}`] : []),
    ];
  });
}

function signInOf(entry: CatalogEntry): string[] {
  const { oauth, note } = entry.auth;
  return [
    describeAuth(entry).join('; or '),
    ...(note ? [note] : []),
    ...(oauth && oauth.scopes.length > 0 ? [`scopes, least first: ${oauth.scopes.join(', ')}`] : []),
    ...(oauth && oauth.minimumScopes.length > 0
      ? [`needed at least: ${oauth.minimumScopes.join(', ')}`]
      : []),
    ...(oauth?.notes ?? []),
    ...(oauth?.app ? [`Your app: ${oauth.app.console}`] : []),
    ...appSteps(entry).map((step, index) => `  ${index + 1}. ${step}`),
  ];
}

function keysOf({ env, headers }: CatalogEntry): string[] {
  return [
    ...env.flatMap((variable) => [
      `${variable.name}  ${describeVariable(variable)}`,
      `  ${variable.description}${variable.example ? ` Example: ${variable.example}` : ''}`,
      ...(variable.where ? [`  Get it: ${variable.where}`] : []),
    ]),
    ...headers.map(({ name, value, or = [] }) => `header ${name}: ${[value, ...or].join(' or ')}`),
  ];
}

function toolsOf({ tools }: CatalogEntry): string[] {
  const { readOnly, writing, asOf, source } = tools;
  return [
    `${readOnly.length + writing.length} known on ${asOf}, ${readOnly.length} of them only read`,
    ...(readOnly.length > 0 ? [`reading: ${readOnly.join(', ')}`] : []),
    ...(writing.length > 0 ? [`writing: ${writing.join(', ')}`] : []),
    source,
  ];
}

function firstCallOf({ firstCall, slug }: CatalogEntry): string[] {
  const remarks = [
    firstCall.needsAuth ? 'needs sign-in or a key' : 'needs no sign-in',
    ...(firstCall.argsVerified ? [] : ['arguments not confirmed']),
  ];
  return [
    `${describeFirstCall(firstCall, slug)}  (${remarks.join(', ')})`,
    ...(firstCall.note ? [firstCall.note] : []),
  ];
}

function othersOf({ alternatives }: CatalogEntry): string[] {
  return alternatives.flatMap(({ id, title, status, note, transports }) => [
    `${title} [${id}]${status === 'active' ? '' : `, ${status}`}: ${transports.map(describeWay).join('; ')}`,
    ...(note ? [`  ${note}`] : []),
  ]);
}
