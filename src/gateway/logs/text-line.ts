export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Facts that a person wants to see first, without their names. */
const FIRST = ['server', 'tool', 'outcome'];

/** A line for people: the time, what happened, and its facts. */
export function textLine(at: Date, level: Level, what: string, facts: object): string {
  const all = new Map(Object.entries(facts));
  const first = FIRST.flatMap((name) => (all.has(name) ? [String(all.get(name))] : []));
  const rest = [...all].filter(([name]) => !FIRST.includes(name)).map(([name, value]) => `${name}=${value}`);
  const mark = level === 'warn' || level === 'error' ? `${level}: ` : '';
  const words = [at.toISOString().slice(11, 19), `${mark}${what}`, ...first, ...rest];
  return `${plain(words.join(' '))}\n`;
}

/** On one line, without what would move a cursor or turn text around: names come from clients and servers. */
function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ');
}
