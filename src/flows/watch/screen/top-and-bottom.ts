import { padText } from '../../../cli/fit-text.ts';
import { plainLine } from '../../../cli/terminal-text.ts';
import type { Style } from '../../../platform/style.ts';
import { localTime } from '../../logs/logs-view.ts';
import { line, type Parts, widthOf } from './line.ts';
import { shortSpan } from './short-facts.ts';
import { STATE_NAMES, STATES } from './tone.ts';
import type { ScreenFacts } from './view.ts';

/** States that need nobody, told together where there is little room. */
const QUIET: ReadonlySet<string> = new Set(['starting', 'dormant', 'stopped']);

/** How many servers are in which state, worst first, and since when somebody watches. */
export function summaryLine(facts: ScreenFacts, width: number, style: Style): string {
  const { observation, isPaused, startedAt, now } = facts;
  const counts = STATE_NAMES.map((state) => ({
    ...STATES[state],
    state,
    count: observation?.servers.filter((server) => server.state === state).length ?? 0,
  })).filter(({ count }) => count > 0);
  const quiet = counts.filter(({ state }) => QUIET.has(state)).reduce((sum, { count }) => sum + count, 0);
  const told = (some: typeof counts): Parts =>
    some.map(({ symbol, count, state, tone }) => [`${symbol} ${count} ${state}  `, tone] as const);
  const paused: Parts = isPaused ? [['‖ paused  ', 'warn']] : [];
  const others: Parts = quiet > 0 ? [[`○ ${quiet} more  `, 'dim']] : [];
  const time = localTime(new Date(now), new Date(now));
  const since = [`watching ${shortSpan(now - startedAt)}  ${time}`, time];
  const choices: Parts[] = [
    [['mcpctl watch  ', 'strong'], ...paused, ...told(counts)],
    [...paused, ...told(counts)],
    [...paused, ...told(counts.filter(({ state }) => !QUIET.has(state))), ...others],
    [...paused, ...counts.map(({ symbol, count, tone }) => [`${symbol}${count} `, tone] as const)],
  ];
  const left = choices.find((parts) => widthOf(parts) <= width) ?? [];
  const room = width - widthOf(left);
  const right = since.find((text) => text.length <= room) ?? '';
  return line([...left, [padText(right, room, 'right'), 'dim']], width, style);
}

/** What concerns all servers together, and what goes on beside the screen; none where nothing does. */
export function remarkLine({ observation, told }: ScreenFacts, width: number, style: Style): string[] {
  const warnings = observation?.warnings.map(({ message }) => ({ text: message, isTrouble: true })) ?? [];
  const all = [...warnings, ...told].sort((one, other) => Number(other.isTrouble) - Number(one.isTrouble));
  const parts: Parts = all.map(({ text, isTrouble }) =>
    isTrouble ? [`▲ ${plainLine(text)}   `, 'warn'] : [`${plainLine(text)}   `, 'dim'],
  );
  return all.length === 0 ? [] : [line(parts, width, style)];
}

const KEYS: readonly (readonly [string, string])[] = [
  ['?', 'help'],
  ['q', 'quit'],
  ['↑↓', 'select'],
  ['l', 'logs'],
  ['d', 'details'],
  ['r', 'restart'],
  ['n', 'next trouble'],
  ['p', 'pause'],
  ['c', 'check now'],
];

/** What is asked, what just happened, or which keys there are: as many as fit. */
export function bottomLine(
  { view, notice, isPaused, observation }: ScreenFacts,
  width: number,
  style: Style,
): string {
  if (view.asked !== undefined) {
    const count = observation?.servers.find(({ name }) => name === view.asked)?.owners.length ?? 0;
    const name = plainLine(view.asked);
    const question =
      count === 0
        ? `Nobody runs ${name}. Try it anew?`
        : `Restart ${name} in ${count === 1 ? 'the process' : `${count} processes`} that run${count === 1 ? 's' : ''} it?`;
    return line(
      [
        [question, 'strong'],
        ['  y yes  n no', 'note'],
      ],
      width,
      style,
    );
  }
  if (notice) return line([[plainLine(notice.text), notice.tone]], width, style);
  const keys = KEYS.map(([key, meaning]) => [key, key === 'p' && isPaused ? 'resume' : meaning] as const);
  let shown: Parts = [];
  for (const [key, meaning] of keys) {
    const more: Parts = [...shown, [shown.length === 0 ? '' : '   '], [key, 'note'], [` ${meaning}`, 'dim']];
    if (widthOf(more) > width) break;
    shown = more;
  }
  return line(shown, width, style);
}
