import { displayWidth } from '../../cli/display-width.ts';
import { padText } from '../../cli/fit-text.ts';
import { plainText } from '../../cli/terminal-text.ts';
import type { LogLine } from '../../gateway/logs/log-line.ts';
import { GATEWAY } from '../../gateway/logs/read-log.ts';
import type { Style } from '../../platform/style.ts';

export interface LogViewOptions {
  readonly style: Style;
  /** Shortens the time to what a person needs; elsewhere it is whole, in UTC. */
  readonly isTerminal: boolean;
  readonly now: Date;
}

const COLOURS = ['cyan', 'magenta', 'blue', 'green', 'yellow', 'cyanBright', 'magentaBright'] as const;
const WIDEST_NAME = 24;

/** Makes lines of text: the time, who said it, and what. Each server has a colour of its own. */
export function logView({ style, isTerminal, now }: LogViewOptions): (line: LogLine) => string {
  const colours = new Map<string, (typeof COLOURS)[number]>();
  let room = 0;
  const paintName = (name: string): string => {
    room = Math.min(WIDEST_NAME, Math.max(room, displayWidth(name)));
    const padded = isTerminal ? padText(name, room) : name;
    if (name === GATEWAY) return style.bold(padded);
    const colour = colours.get(name) ?? COLOURS[colours.size % COLOURS.length] ?? 'cyan';
    colours.set(name, colour);
    return style[colour](padded);
  };
  return ({ at, from, server, level, text }) => {
    const time =
      at === undefined ? '-' : isTerminal ? localTime(new Date(at), now) : new Date(at).toISOString();
    const name = plainText(from === 'gateway' ? GATEWAY : (server ?? GATEWAY));
    return `${style.dim(time)} ${paintName(name)} ${paintText(plainText(text), level, style)}`;
  };
}

/** As `logs --json` gives it. */
export function logDocument({ at, facts, ...line }: LogLine): object {
  return { at: at === undefined ? null : new Date(at).toISOString(), ...line, ...(facts && { facts }) };
}

/** The same on one line, for what is read as it comes. */
export function logJson(line: LogLine): string {
  return JSON.stringify(logDocument(line));
}

function paintText(text: string, level: LogLine['level'], style: Style): string {
  if (level === 'error') return style.red(text);
  if (level === 'warn') return style.yellow(text);
  return level === 'debug' ? style.dim(text) : text;
}

/** The time of day, and for another day its date before it. */
export function localTime(at: Date, now: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':');
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}
