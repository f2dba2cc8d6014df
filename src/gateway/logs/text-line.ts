/** Least first. */
export const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type Level = (typeof LEVELS)[number];

/** Facts that a person wants to see first, without their names. */
const FIRST = ['server', 'tool', 'outcome'];

/** A line for people: the time, what happened, and its facts. */
export function textLine(at: Date, level: Level, what: string, facts: object): string {
  return `${at.toISOString().slice(11, 19)} ${toldFacts(level, what, facts)}\n`;
}

/** The same without the time and the line break. */
export function toldFacts(level: Level, what: string, facts: object): string {
  const all = new Map(Object.entries(facts).filter(([, value]) => value !== undefined));
  const first = FIRST.flatMap((name) => (all.has(name) ? [String(all.get(name))] : []));
  const rest = [...all].filter(([name]) => !FIRST.includes(name)).map(([name, value]) => `${name}=${value}`);
  const mark = level === 'warn' || level === 'error' ? `${level}: ` : '';
  return plain([`${mark}${what}`, ...first, ...rest].join(' '));
}

/** On one line, without what would move a cursor or turn text around: names come from clients and servers. */
function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}
