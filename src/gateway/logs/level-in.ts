import type { Level } from './text-line.ts';

const WORDS: Readonly<Record<string, Level>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  fatal: 'error',
  critical: 'error',
  panic: 'error',
};
const NAMES = Object.keys(WORDS).join('|');

/** Where programs write how bad it is: `level=warn`, `"level":"warn"`, `[warn]`, `warn:`, `- WARN -`. */
const PLACES = [
  new RegExp(`"(?:level|severity|levelname)"\\s*:\\s*"(${NAMES})"`, 'i'),
  new RegExp(`\\b(?:level|lvl|severity)=["']?(${NAMES})\\b`, 'i'),
  new RegExp(`^[^\\w]*(?:[\\d:.,TZ/+-]+\\s+){0,2}[^\\w]*(${NAMES})\\b\\]?[:\\s]`, 'i'),
  new RegExp(`(?:^|[\\s\\[|(])(${NAMES.toUpperCase()})(?:$|[\\s\\]|):])`),
];
/** As pino and bunyan count them. */
const NUMBER = /"level"\s*:\s*([1-6]0)\b/;
/** As Node, Python and most others begin a report of a failure. */
const FAILURE =
  /^(?:Uncaught )?[A-Za-z_.]*(?:Error|Exception)\b.{0,40}:\s|^Traceback \(most recent call last\)/;
const SEARCHED_CHARACTERS = 300;

/** How bad a line of a server says it is; undefined when it does not say. */
export function levelIn(line: string): Level | undefined {
  const text = line.slice(0, SEARCHED_CHARACTERS);
  for (const place of PLACES) {
    const word = place.exec(text)?.[1];
    if (word !== undefined) return WORDS[word.toLowerCase()];
  }
  const number = Number(NUMBER.exec(text)?.[1] ?? 0);
  if (number > 0) return number < 30 ? 'debug' : number === 30 ? 'info' : number === 40 ? 'warn' : 'error';
  return FAILURE.test(text) ? 'error' : undefined;
}
