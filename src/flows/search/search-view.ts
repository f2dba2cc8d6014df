import { cutText } from '../../cli/fit-text.ts';
import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { SearchHit, SearchResult } from './search-hit.ts';

export interface ViewOptions {
  readonly explain: boolean;
  readonly style: Style;
  readonly width: number;
}

export function renderSearch(
  { words, hits: shown, found, of, registries }: SearchResult,
  { explain, style, width }: ViewOptions,
): string {
  if (shown.length === 0) {
    return [
      `None of ${of} servers fits${words ? ` ${JSON.stringify(words)}` : ''}.`,
      'Anything else by its package or address: mcpctl add npm:<package>, or mcpctl add https://…',
    ].join('\n');
  }
  const more =
    found > shown.length ? `${shown.length} of ${found}; the rest: --all` : `${found} of ${of} servers`;
  return [
    ...tableOf(shown, { hasSources: registries.length > 0, style, width }),
    ...(explain ? ['', ...shown.flatMap((hit) => reasonsOf(hit, style))] : []),
    '',
    style.dim(`${more}. Before you add one: mcpctl info ${shown[0]?.slug}`),
    ...(registries.length > 0 ? [style.dim(readText(registries))] : []),
  ].join('\n');
}

/** Less room leaves what it does, and what decides whether it is for you. */
const ROOM = 120;

interface TableOptions extends Pick<ViewOptions, 'style' | 'width'> {
  /** Who reads only the catalog needs no column that says so. */
  readonly hasSources: boolean;
}

function tableOf(shown: readonly SearchHit[], { hasSources, style, width }: TableOptions): string[] {
  const source = (cell: string): string[] => (hasSources ? [cell] : []);
  const isNarrow = width < ROOM;
  const head = isNarrow
    ? ['name', 'from', ...source('source'), 'risk', 'what it does']
    : ['name', 'category', 'from', 'sign-in', 'by', ...source('source'), 'risk', 'what it does'];
  const rows = shown.map((hit) =>
    isNarrow
      ? [hit.slug, hit.transports[0] ?? '', ...source(sourceOf(hit)), hit.risk.level, doesOf(hit)]
      : [
          hit.slug,
          hit.category,
          fromOf(hit),
          signInOf(hit),
          hit.maintainer,
          ...source(sourceOf(hit)),
          riskText(hit, style),
          doesOf(hit),
        ],
  );
  const [top = '', ...lines] = table({ head, rows, width }).split('\n');
  return [style.dim(top), ...lines];
}

/** Everything short about one server, in lines of at most so many columns, for the preview. */
export function previewOf(hit: SearchHit, width = Number.POSITIVE_INFINITY): string {
  const { title, maintainer, licence, stars, tools, readOnly, risk, description } = hit;
  return [
    `${plainLine(title)}: ${plainLine(description)}`,
    ...(hit.source === 'catalog' ? [] : [`source ${hit.source}: ${TRUST[hit.trust]}`]),
    `from ${fromOf(hit)}, sign-in ${signInOf(hit)}, by ${maintainer}, licence ${licence ?? 'not known'}`,
    `${tools === 0 ? 'tools not known' : `${tools} tools known`}${readOnly ? ', can be limited to reading' : ''}` +
      `${stars ? `, ${stars[0]} stars on ${stars[1]}` : ''}`,
    `risk ${risk.level}${risk.reasons.length > 0 ? `: ${risk.reasons.join('; ')}` : ''}`,
  ]
    .map((line) => cutText(line, width))
    .join('\n');
}

const TRUST: Readonly<Record<SearchHit['trust'], string>> = {
  tested: 'looked at for the catalog',
  listed: 'known from public lists, not tested',
  own: 'your own registry',
  public: 'the public registry, where anybody may publish',
};

function sourceOf({ source, trust }: SearchHit): string {
  return source === 'catalog' ? (trust === 'listed' ? 'lists' : 'catalog') : source;
}

/** Its own words where there are no better ones. */
function doesOf({ description, status, replacedBy, sameAs }: SearchHit): string {
  if (replacedBy === undefined) return plainLine(description);
  return sameAs === replacedBy ? `the same program as ${sameAs}` : `${status}; take ${plainLine(replacedBy)}`;
}

function signInOf({ auth }: SearchHit): string {
  return auth.length > 0 ? auth.join(' or ') : 'not known';
}

function readText(registries: SearchResult['registries']): string {
  const each = registries.map(({ name, readAt }) => `${name} on ${readAt?.slice(0, 10) ?? 'an unknown day'}`);
  return `Registries were read: ${each.join(', ')}. Again: mcpctl catalog refresh`;
}

function fromOf({ transports, node }: SearchHit): string {
  const [first = ''] = transports;
  return first === 'npm' && node ? `npm, Node ${node}` : transports.join(', ');
}

function riskText({ risk: { level } }: SearchHit, style: Style): string {
  return level === 'high' ? style.red(level) : level === 'medium' ? style.yellow(level) : level;
}

function reasonsOf({ slug, score, because, tier, trust, risk, licence }: SearchHit, style: Style): string[] {
  return [
    style.bold(slug),
    `  score ${score.toFixed(2)}; ${because.length > 0 ? because.join('; ') : 'no words were asked for'}; tier ${tier}, ${TRUST[trust]}`,
    `  licence ${licence ?? 'not known'}; risk ${risk.level}${risk.reasons.length > 0 ? `: ${risk.reasons.join('; ')}` : ''}`,
  ];
}
