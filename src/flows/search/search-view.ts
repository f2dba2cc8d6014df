import { table } from '../../cli/table.ts';
import type { Style } from '../../platform/style.ts';
import type { SearchHit, SearchResult } from './search-flow.ts';

export interface ViewOptions {
  readonly explain: boolean;
  readonly limit: number;
  readonly style: Style;
  readonly width: number;
}

export function renderSearch(
  { words, hits, found, of }: SearchResult,
  { explain, limit, style, width }: ViewOptions,
): string {
  if (hits.length === 0) {
    return [
      `None of ${of} servers fits${words ? ` ${JSON.stringify(words)}` : ''}.`,
      'Anything else by its package or address: mcpctl add npm:<package>, or mcpctl add https://…',
    ].join('\n');
  }
  const shown = hits.slice(0, limit);
  const head = ['name', 'category', 'from', 'sign-in', 'by', 'risk', 'what it does'].map((cell) =>
    style.dim(cell),
  );
  const rows = shown.map((hit) => [
    hit.slug,
    hit.category,
    fromOf(hit),
    hit.auth.join(' or '),
    hit.maintainer,
    riskText(hit, style),
    hit.replacedBy === undefined ? hit.description : `${hit.status}; take ${hit.replacedBy}`,
  ]);
  const more =
    found > shown.length ? `${shown.length} of ${found}; the rest: --all` : `${found} of ${of} servers`;
  return [
    table({ head, rows, width }),
    ...(explain ? ['', ...shown.flatMap((hit) => reasonsOf(hit, style))] : []),
    '',
    style.dim(`${more}. Before you add one: mcpctl info ${shown[0]?.slug}`),
  ].join('\n');
}

/** Everything short about one server, for the preview. */
export function previewOf(hit: SearchHit): string {
  const { title, maintainer, licence, stars, tools, readOnly, risk, description } = hit;
  return [
    `${title}: ${description}`,
    `from ${fromOf(hit)}, sign-in ${hit.auth.join(' or ')}, by ${maintainer}, licence ${licence ?? 'not known'}`,
    `${tools === 0 ? 'tools not known' : `${tools} tools known`}${readOnly ? ', can be limited to reading' : ''}` +
      `${stars ? `, ${stars[0]} stars on ${stars[1]}` : ''}`,
    `risk ${risk.level}${risk.reasons.length > 0 ? `: ${risk.reasons.join('; ')}` : ''}`,
  ].join('\n');
}

function fromOf({ transports, node }: SearchHit): string {
  const [first = ''] = transports;
  return first === 'npm' && node ? `npm, Node ${node}` : transports.join(', ');
}

function riskText({ risk: { level } }: SearchHit, style: Style): string {
  return level === 'high' ? style.red(level) : level === 'medium' ? style.yellow(level) : level;
}

function reasonsOf({ slug, score, because, tier, risk, licence }: SearchHit, style: Style): string[] {
  return [
    style.bold(slug),
    `  score ${score.toFixed(2)}; ${because.length > 0 ? because.join('; ') : 'no words were asked for'}; tier ${tier}`,
    `  licence ${licence ?? 'not known'}; risk ${risk.level}${risk.reasons.length > 0 ? `: ${risk.reasons.join('; ')}` : ''}`,
  ];
}
