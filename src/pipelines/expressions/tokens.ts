import { ExpressionFault } from './fault.ts';
import { LONGEST_SOURCE, MOST_TOKENS } from './limits.ts';

export interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign' | 'end';
  /** A sign or a name as it stands there; of a text what it says. */
  readonly text: string;
  /** Offset in the source. */
  readonly at: number;
}

/** Each alternative reads forward only: nothing in it can be matched in two ways. */
const TOKEN =
  /(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_-]*)|('(?:[^']|'')*')|("(?:[^"\\]|\\.)*")|(==|!=|<=|>=|&&|\|\||[<>!()[\].,])/y;

/** Words of an expression, ended by one of kind `end`. @throws ExpressionFault */
export function tokensOf(source: string): Token[] {
  if (source.length > LONGEST_SOURCE) {
    throw new ExpressionFault('limit', `it is longer than ${LONGEST_SOURCE} characters`, 0);
  }
  const tokens: Token[] = [];
  let at = skipSpace(source, 0);
  while (at < source.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (!match) throw unreadable(source, at);
    if (tokens.length >= MOST_TOKENS) {
      throw new ExpressionFault('limit', `it has more than ${MOST_TOKENS} words and signs`, at);
    }
    const [whole, number, name, single, double] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number, at });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name, at });
    else if (single !== undefined) {
      tokens.push({ kind: 'text', text: single.slice(1, -1).replaceAll("''", "'"), at });
    } else if (double !== undefined) tokens.push({ kind: 'text', text: unescaped(double, at), at });
    else tokens.push({ kind: 'sign', text: whole, at });
    at = skipSpace(source, at + whole.length);
  }
  tokens.push({ kind: 'end', text: '', at: source.length });
  return tokens;
}

function skipSpace(source: string, from: number): number {
  let at = from;
  while (at < source.length && SPACE.has(source[at] ?? '')) at += 1;
  return at;
}

const SPACE = new Set([' ', '\t', '\n', '\r']);

function unescaped(quoted: string, at: number): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw new ExpressionFault('syntax', 'the text in double quotes is not written as JSON has it', at);
  }
}

function unreadable(source: string, at: number): ExpressionFault {
  const sign = String.fromCodePoint(source.codePointAt(at) ?? 0);
  if (sign === "'" || sign === '"') {
    return new ExpressionFault('syntax', `the text that begins with ${sign} does not end`, at);
  }
  return new ExpressionFault('syntax', `${JSON.stringify(sign)} means nothing here`, at);
}
