import { padText } from '../../../cli/fit-text.ts';
import { plainLine, plainText } from '../../../cli/terminal-text.ts';
import type { Style } from '../../../platform/style.ts';
import type { Remark } from '../../../watch/observation.ts';
import { localTime } from '../../logs/logs-view.ts';
import type { Change } from '../changes.ts';
import { line, type Parts, wrapped } from './line.ts';
import { STATE_NAMES, STATES, type Tone } from './tone.ts';
import type { ScreenFacts } from './view.ts';

/** What a server wrote, and what gateways did with it. */
export function logLines({ logs, now, view }: ScreenFacts, width: number, style: Style): string[] {
  if (logs.length === 0) return [style.dim(`  ${plainLine(view.selected ?? '')} has written nothing yet.`)];
  const tones = { debug: 'dim', info: 'plain', warn: 'warn', error: 'bad' } as const;
  return logs.map(({ at, from, level, text }) => {
    const time = at === undefined ? '-' : localTime(new Date(at), new Date(now));
    const who = from === 'gateway' ? 'gateway ' : '';
    const shown = plainText(text).replaceAll('\t', '  ');
    return line(
      [
        [`  ${time} `, 'dim'],
        [who, 'note'],
        [shown, tones[level]],
      ],
      width,
      style,
    );
  });
}

/** A change of a server on one line, with the reason where there is room. */
export function changeLine(
  { at, server, what, state, remark }: Change,
  now: number,
  width: number,
  style: Style,
): string {
  const look = state === undefined ? undefined : STATES[state];
  const parts: Parts = [
    [`  ${localTime(new Date(at), new Date(now))} `, 'dim'],
    [look ? `${look.symbol} ` : '  ', look?.tone ?? 'plain'],
    [server === undefined ? '' : `${plainLine(server)} `, 'strong'],
    [what, look?.tone ?? (remark ? 'warn' : 'plain')],
    [remark ? `  ${plainLine(remark.message)}` : '', 'dim'],
  ];
  return line(parts, width, style);
}

/** What is wrong, on at most so many lines, and what to do about it. */
export function remarkLines(
  { message, hint }: Remark,
  { tone, most = Number.POSITIVE_INFINITY }: { tone: Tone; most?: number },
  width: number,
  style: Style,
): string[] {
  const all = wrapped(plainLine(message), width - 2);
  const kept = all.length > most ? [...all.slice(0, most - 1), all.slice(most - 1).join(' ')] : all;
  const advice = hint === undefined ? [] : wrapped(plainLine(hint), width - 6);
  return [
    ...kept.map((text) => line([['  '], [text, tone]], width, style)),
    ...advice.map((text, index) => line([[index === 0 ? '  try ' : '      ', 'note'], [text]], width, style)),
  ];
}

const HELP: readonly (readonly [string, string])[] = [
  ['↑ ↓  k j', 'select a server; Home and End for the first and the last'],
  ['n', 'select the next one that needs somebody'],
  ['d  Enter', 'details: reason, what to do, tools, processes, history'],
  ['l', 'what it wrote, as it comes'],
  ['PgUp PgDn', 'scroll the pane; Space and Home and End too'],
  ['Esc', 'close the pane'],
  ['r', 'restart it wherever it runs, after a question; sessions go on'],
  ['c', 'check it now'],
  ['p', 'pause probing, or go on'],
  ['Ctrl-L', 'draw everything again'],
  ['q  Ctrl-C', 'quit'],
];

const MEANINGS: Readonly<Record<keyof typeof STATES, string>> = {
  failed: 'it ended too often, and is left alone',
  degraded: 'it does not answer as it should',
  'needs-auth': 'somebody has to sign in: mcpctl auth login',
  starting: 'it is being started',
  healthy: 'it answers',
  dormant: 'nobody needs it yet; it starts by itself',
  stopped: 'on purpose; it is not probed',
};

const WORDS: readonly (readonly [string, string])[] = [
  ['for', 'how long it has been in that state'],
  ['probe', 'how long the last probe took, or the real call that stood in for it'],
  ['p95', '95 of 100 real calls of the last five minutes took less'],
  ['errors', 'share of those calls that failed'],
  ['cache', 'share of them that were answered from the cache'],
  ['tools', 'offered / locked; ≠ those that are not what was locked'],
  ['token', 'until the sign-in has to be renewed'],
  ['next', 'until the next probe'],
];

export function helpLines(width: number, style: Style): string[] {
  const rows = (list: readonly (readonly [string, string, Tone?])[], room: number): string[] =>
    list.flatMap(([name, meaning, tone = 'note']) =>
      wrapped(meaning, Math.max(10, width - room - 4)).map((text, index) =>
        line([['  '], [padText(index === 0 ? name : '', room), tone], [`  ${text}`]], width, style),
      ),
    );
  const states = STATE_NAMES.map(
    (state) => [`${STATES[state].symbol} ${state}`, MEANINGS[state], STATES[state].tone] as const,
  );
  return [...rows(HELP, 9), '', ...rows(states, 12), '', ...rows(WORDS, 9)];
}
