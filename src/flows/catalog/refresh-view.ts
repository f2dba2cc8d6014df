import { plainLine } from '../../cli/terminal-text.ts';
import { counted } from '../../core/counted.ts';
import type { SourceReport } from '../../marketplace/refresh/read-registry.ts';
import type { RefreshReport } from '../../marketplace/refresh/refresh.ts';
import type { RefusedName } from '../../marketplace/refresh/row.ts';
import type { Style } from '../../platform/style.ts';

const MOST_SHOWN = 8;

export function renderRefresh(report: RefreshReport, style: Style, dryRun: boolean): string {
  const { sources, found, merged, claims, claimedCount, refused, refusedCount } = report;
  const shown = refused.slice(0, MOST_SHOWN).map((one) => `  ${refusedText(one)}`);
  const more = refusedCount - shown.length;
  return [
    ...sources.flatMap((source) => sourceLines(source, style)),
    '',
    `${counted(found, 'server')} of registries ${dryRun ? 'would be' : 'are'} found by mcpctl search${
      merged > 0 ? `; ${merged} more the catalog has itself` : ''
    }`,
    ...(claimedCount > 0
      ? [
          `${counted(claimedCount, 'server')} called like one of the catalog, found under their full names alone: ` +
            listOf(
              claims.map(({ name, slug }) => `${name} (not ${slug})`),
              claimedCount,
            ),
        ]
      : []),
    ...(refusedCount > 0 ? [`${counted(refusedCount, 'name')} refused:`, ...shown] : []),
    ...(more > 0 ? [`  and ${more} more: --json`] : []),
    ...(dryRun ? ['Nothing was written.'] : []),
  ].join('\n');
}

const MOST_NAMED = 3;

function listOf(names: readonly string[], all: number): string {
  const more = all - Math.min(MOST_NAMED, names.length);
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function sourceLines(source: SourceReport, style: Style): string[] {
  const { name, url, isOwn, outcome, servers, error, readAt } = source;
  const title = `${style.bold(name)} (${url}, ${isOwn ? 'your own' : 'public, not reviewed'})`;
  if (error) {
    const known =
      readAt === undefined
        ? 'nothing is known of it'
        : `${counted(servers, 'server')} as of ${readAt.slice(0, 16)}Z stay`;
    return [`${title}: ${style.red('not read')}; ${known}`, `  ${plainLine(error.message)}`];
  }
  if (outcome === 'kept') return [`${title}: not asked; ${counted(servers, 'server')}`];
  const { added = 0, changed = 0, removed = 0, deprecated } = source;
  const news =
    outcome === 'unchanged'
      ? 'unchanged'
      : outcome === 'read'
        ? 'read in full'
        : [
            [added, 'new'],
            [changed, 'changed'],
            [removed, 'gone'],
          ]
            .filter(([many]) => many !== 0)
            .map((words) => words.join(' '))
            .join(', ');
  const parts = [
    `${counted(servers, 'server')}`,
    news,
    ...(deprecated > 0 ? [`${deprecated} deprecated`] : []),
  ];
  return [`${title}: ${parts.join(', ')}`, ...flawsOf(source).map((line) => style.dim(`  ${line}`))];
}

function flawsOf({
  broken = 0,
  examples = [],
  duplicates = 0,
  older = 0,
  unusable = 0,
  deleted = 0,
  leftOff = 0,
}: SourceReport): string[] {
  const left: [number, string][] = [
    [duplicates, 'named twice'],
    [older, 'older versions'],
    [deleted, 'deleted'],
    [unusable, 'with nothing to install or reach'],
    [leftOff, 'beyond the most that are kept'],
  ];
  const passed = left.filter(([many]) => many > 0).map(([many, what]) => `${many} ${what}`);
  const named = examples.map(({ name, flaw }) => (name === '' ? flaw : `${plainLine(name)} (${flaw})`));
  return [
    ...(passed.length > 0 ? [`passed over: ${passed.join(', ')}`] : []),
    ...(broken > 0 ? [`broken: ${broken}, such as ${named.join(', ')}`] : []),
  ];
}

function refusedText({ name, source, reason, by }: RefusedName): string {
  const why = {
    catalog: `the catalog's ${by} has that name`,
    pinned: `such names come from ${by} alone`,
    earlier: `${by} has it`,
  };
  return `${name} of ${source}: ${why[reason]}`;
}
