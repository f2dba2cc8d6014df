import { McpctlError } from '../core/errors.ts';
import { parseDotenv } from './dotenv.ts';

/**
 * The text of a `.env` with one variable added or replaced. Comments, order, line ends and every other variable
 * stay; earlier assignments of the same name go, since they would keep an old secret around.
 * @throws SECRET_UNSUITABLE when no quoting keeps the value as it is, or a broken line in the file would swallow it.
 */
export function setVariable(text: string, name: string, value: string): string {
  const same = assignments(text).filter((one) => one.name === name);
  const last = same.at(-1);
  for (const written of quotings(value)) {
    const changed = last ? replaceLast(text, same, written) : append(text, `${name}=${written}`);
    if (reads(text, changed, name, value)) return changed;
  }
  throw new McpctlError(
    'SECRET_UNSUITABLE',
    `The value of ${name} cannot be written into a .env file unchanged.`,
    {
      hint: `Mend lines without = and open quotes in .env, or use the keychain: mcpctl secret set ${name} --store keychain`,
      data: { name },
    },
  );
}

/** The text without any assignment of the name; the same text when there was none. */
export function removeVariable(text: string, name: string): string {
  let left = text;
  for (const { start, end } of assignments(text)
    .filter((one) => one.name === name)
    .reverse()) {
    left = left.slice(0, start) + left.slice(end);
  }
  return left;
}

interface Assignment {
  readonly name: string;
  /** Offsets of the whole lines, the line end included. */
  readonly start: number;
  readonly end: number;
  /** Offsets of the value as written, quotes included. */
  readonly valueStart: number;
  readonly valueEnd: number;
}

const START = /^[ \t]*(?:export[ \t]+)?([^\s=#][^\s=]*)[ \t]*=[ \t]*/;

/** Every assignment in file order, as Node's reader finds them: a quoted value may run over several lines. */
function assignments(text: string): Assignment[] {
  const found: Assignment[] = [];
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  while (start < text.length) {
    const match = START.exec(text.slice(start, lineEnd(text, start)));
    const name = match?.[1];
    if (!match || name === undefined) {
      start = lineEnd(text, start) + 1;
      continue;
    }
    const valueStart = start + match[0].length;
    const valueEnd = endOfValue(text, valueStart);
    const end = Math.min(lineEnd(text, valueEnd) + 1, text.length);
    found.push({ name, start, end, valueStart, valueEnd });
    start = end;
  }
  return found;
}

function endOfValue(text: string, start: number): number {
  const quote = text[start];
  if (quote === '"' || quote === "'" || quote === '`') {
    const closing = text.indexOf(quote, start + 1);
    if (closing !== -1) return closing + 1;
  }
  const line = text.slice(start, lineEnd(text, start));
  const comment = line.indexOf('#');
  return start + (comment === -1 ? line : line.slice(0, comment)).trimEnd().length;
}

/** Offset of the line feed, or of the end of the text. */
function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

function replaceLast(text: string, same: readonly Assignment[], written: string): string {
  let changed = text;
  for (const [index, { start, end, valueStart, valueEnd }] of [...same.entries()].reverse()) {
    changed =
      index === same.length - 1
        ? changed.slice(0, valueStart) + written + changed.slice(valueEnd)
        : changed.slice(0, start) + changed.slice(end);
  }
  return changed;
}

function append(text: string, line: string): string {
  const end = /\r\n/.test(text) ? '\r\n' : '\n';
  const gap = text === '' || text.endsWith('\n') ? '' : end;
  return `${text}${gap}${line}${end}`;
}

/** The value as it may be written, most portable first: shells and Docker read `.env` files too. */
function quotings(value: string): string[] {
  const plain = /^[A-Za-z0-9_./:@%+,=~-]+$/.test(value) ? [value] : [];
  return [...plain, `'${value}'`, `"${value}"`, `\`${value}\``];
}

/** True when the changed text gives the name this value and every other name the value it had. */
function reads(before: string, after: string, name: string, value: string): boolean {
  const expected = new Map(parseDotenv(before)).set(name, value);
  const actual = parseDotenv(after);
  return actual.size === expected.size && [...expected].every(([key, wanted]) => actual.get(key) === wanted);
}
