import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import { tellReasons } from '../../routing/reasons.ts';
import type { RouteAnswer, RouteReasons, RouteSuggestion } from './route-flow.ts';

export function renderRoute(answer: RouteAnswer, style: Style, width: number): string {
  return [
    ...(answer.match ? found(answer, style, width) : notFound(answer)),
    ...answer.corrections.map(({ from, to }) => `Read ${plainLine(from)} as ${to}.`),
    ...(answer.meaning?.isUsed === false
      ? [
          `Words alone decided: the service for meanings was of no use (${plainLine(answer.meaning.why ?? '')}).`,
        ]
      : []),
    ...answer.leftOut.map(
      ({ server, tool, why }) => `Left out: ${nameOf({ server, tool })}, because ${why}.`,
    ),
    ...installable(answer, style),
    ...unknownTools(answer),
  ].join('\n');
}

function found({ suggestions, steps }: RouteAnswer, style: Style, width: number): string[] {
  const head = ['', 'server', 'tool', 'score', 'effect'].map((cell) => style.dim(cell));
  const rows = suggestions.map((each, place) => [
    String(place + 1),
    plainLine(each.server),
    plainLine(each.tool ?? '-'),
    each.score.toFixed(2),
    each.writes ? style.yellow('may change things') : '',
  ]);
  const plan = steps.map(
    ({ task, server, tool }, place) =>
      `  ${place + 1}. ${nameOf({ server, tool })}  ${style.dim(plainLine(task))}`,
  );
  return [
    table({ head, rows, width }),
    ...(plan.length > 0 ? ['', `It takes ${plan.length} steps:`, ...plan] : []),
    ...insteadOf(suggestions),
    ...suggestions.flatMap((each) => (each.reasons ? ['', ...because(each, each.reasons, style)] : [])),
  ];
}

/** Of the first alone: it is the one that is taken. */
function insteadOf([first]: readonly RouteSuggestion[]): string[] {
  if (!first || first.standIns.length === 0) return [];
  return ['', `When ${nameOf(first)} cannot be called: ${first.standIns.map(plainLine).join(', ')}`];
}

function notFound({ reason, suggestions }: RouteAnswer): string[] {
  if (reason === 'no_servers') return ['You have no servers yet.'];
  const near = suggestions.slice(0, 3).map(nameOf);
  return [
    'No tool of your servers clearly does that.',
    ...(near.length > 0 ? [`Nearest, and probably not it: ${near.join(', ')}`] : []),
  ];
}

const REMEMBERED = {
  confirmed: 'you confirmed it for such a task',
  wrong: 'you said it is wrong for such a task',
  called: 'you called it after such a task',
};

function because(suggestion: RouteSuggestion, reasons: RouteReasons, style: Style): string[] {
  const { remembered } = reasons;
  const lines = [...(remembered ? [REMEMBERED[remembered]] : []), ...tellReasons(reasons)];
  return [style.bold(nameOf(suggestion)), ...lines.map((line) => `  ${plainLine(line)}`)];
}

function installable({ notInstalled }: RouteAnswer, style: Style): string[] {
  if (notInstalled.length === 0) return [];
  return [
    '',
    'Not installed, and would fit:',
    ...notInstalled.map(({ server, title }) => `  ${title}  ${style.dim(`mcpctl add ${server}`)}`),
  ];
}

function unknownTools({ unknown }: RouteAnswer): string[] {
  if (unknown.length === 0) return [];
  return ['', `Tools not known yet of ${unknown.map(plainLine).join(', ')}. To list them: mcpctl tools`];
}

function nameOf({ server, tool }: Pick<RouteSuggestion, 'server' | 'tool'>): string {
  return plainLine(tool === null ? server : `${server}/${tool}`);
}
