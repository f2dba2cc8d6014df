import { closest } from '../../core/closest.ts';
import { ExpressionFault } from './fault.ts';
import { FUNCTION_NAMES, functionNamed } from './functions.ts';
import { DEEPEST, MOST_NODES } from './limits.ts';
import { type Token, tokensOf } from './tokens.ts';

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';

/** A parsed expression; `at` is an offset in its source. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: null | boolean | number | string; readonly at: number }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string; readonly at: number }
  | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression; readonly at: number }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly given: readonly Expression[];
      readonly at: number;
    }
  | { readonly kind: 'not'; readonly of: Expression; readonly at: number }
  | {
      readonly kind: 'and' | 'or';
      readonly left: Expression;
      readonly right: Expression;
      readonly at: number;
    }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
      readonly at: number;
    };

/** Words that are no names. */
const WORDS: Readonly<Record<string, null | boolean>> = { null: null, true: true, false: false };
/** Members of every object of the language this runs in; no expression may ask for one. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);
const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Reads an expression without its `${{ }}`. Which names it may use is judged elsewhere. @throws ExpressionFault */
export function parseExpression(source: string): Expression {
  const reader = createReader(tokensOf(source));
  if (reader.peek().kind === 'end') throw new ExpressionFault('syntax', 'the expression is empty', 0);
  const expression = readOr(reader);
  const left = reader.peek();
  if (left.kind !== 'end') {
    throw new ExpressionFault('syntax', `${JSON.stringify(left.text)} was not expected here`, left.at);
  }
  return expression;
}

interface Reader {
  peek(): Token;
  take(): Token;
  /** Takes the next token when it is this sign. */
  takes(sign: string): boolean;
  expect(sign: string): void;
  /** Counts a part of the expression. */
  count(at: number): void;
  /** Runs what reads something nested. */
  within<T>(at: number, read: () => T): T;
}

function createReader(tokens: readonly Token[]): Reader {
  let position = 0;
  let depth = 0;
  let nodes = 0;
  const peek = (): Token => tokens[position] ?? { kind: 'end', text: '', at: 0 };
  const takes = (sign: string): boolean => {
    const { kind, text } = peek();
    if (kind !== 'sign' || text !== sign) return false;
    position += 1;
    return true;
  };
  return {
    peek,
    takes,
    take() {
      const token = peek();
      position += 1;
      return token;
    },
    expect(sign) {
      if (takes(sign)) return;
      const { text, at, kind } = peek();
      const found = kind === 'end' ? 'the end' : JSON.stringify(text);
      throw new ExpressionFault('syntax', `${JSON.stringify(sign)} was expected, not ${found}`, at);
    },
    count(at) {
      nodes += 1;
      if (nodes > MOST_NODES) {
        throw new ExpressionFault('limit', `it has more than ${MOST_NODES} parts`, at);
      }
    },
    within(at, read) {
      depth += 1;
      if (depth > DEEPEST) throw new ExpressionFault('limit', `it is nested deeper than ${DEEPEST}`, at);
      const result = read();
      depth -= 1;
      return result;
    },
  };
}

function readOr(reader: Reader): Expression {
  return readChain(reader, '||', 'or', (inner) => readChain(inner, '&&', 'and', readComparison));
}

function readChain(
  reader: Reader,
  sign: string,
  kind: 'and' | 'or',
  readPart: (reader: Reader) => Expression,
): Expression {
  let left = readPart(reader);
  let chained = 0;
  for (let at = reader.peek().at; reader.takes(sign); at = reader.peek().at) {
    chained += 1;
    // Evaluated from the left, it is nested to the left.
    if (chained > DEEPEST) {
      throw new ExpressionFault('limit', `more than ${DEEPEST} are joined with ${sign}`, at);
    }
    left = { kind, left, right: readPart(reader), at };
  }
  return left;
}

function readComparison(reader: Reader): Expression {
  const left = readNot(reader);
  const { kind, text, at } = reader.peek();
  const isOne = (kind === 'sign' && COMPARISONS.has(text)) || (kind === 'name' && text === 'in');
  if (!isOne) return left;
  reader.take();
  return { kind: 'compare', operator: text as Comparison, left, right: readNot(reader), at };
}

function readNot(reader: Reader): Expression {
  const { at } = reader.peek();
  if (!reader.takes('!')) return readPath(reader);
  reader.count(at);
  return { kind: 'not', of: reader.within(at, () => readNot(reader)), at };
}

function readPath(reader: Reader): Expression {
  let of = readPrimary(reader);
  for (let links = 0; ; links += 1) {
    const { at } = reader.peek();
    if (links > DEEPEST) throw new ExpressionFault('limit', `the path has more than ${DEEPEST} parts`, at);
    if (reader.takes('.')) {
      const name = reader.take();
      if (name.kind !== 'name') {
        throw new ExpressionFault('syntax', 'a name was expected behind the dot', name.at);
      }
      refuseForbidden(name.text, name.at);
      of = { kind: 'member', of, name: name.text, at: name.at };
    } else if (reader.takes('[')) {
      const index = reader.within(at, () => readOr(reader));
      reader.expect(']');
      if (index.kind === 'literal' && typeof index.value === 'string') refuseForbidden(index.value, index.at);
      of = { kind: 'index', of, index, at };
    } else return of;
    reader.count(at);
  }
}

/** @throws ExpressionFault for names no expression may use. */
export function refuseForbidden(name: string, at: number): void {
  if (FORBIDDEN.has(name))
    throw new ExpressionFault('type', `${name} is no member an expression may read`, at);
}

function readPrimary(reader: Reader): Expression {
  const { kind, text, at } = reader.take();
  reader.count(at);
  if (kind === 'text') return { kind: 'literal', value: text, at };
  if (kind === 'number') return { kind: 'literal', value: Number(text), at };
  if (kind === 'name') return readName(reader, text, at);
  if (kind === 'sign' && text === '(') {
    const inner = reader.within(at, () => readOr(reader));
    reader.expect(')');
    return inner;
  }
  if (kind === 'sign' && text === '[') {
    return { kind: 'list', items: reader.within(at, () => readList(reader, ']')), at };
  }
  const found = kind === 'end' ? 'the end' : JSON.stringify(text);
  throw new ExpressionFault('syntax', `a value was expected, not ${found}`, at);
}

function readName(reader: Reader, name: string, at: number): Expression {
  if (Object.hasOwn(WORDS, name)) return { kind: 'literal', value: WORDS[name] ?? null, at };
  if (!reader.takes('(')) return { kind: 'name', name, at };
  const known = functionNamed(name);
  if (!known) {
    const [near] = closest(name, FUNCTION_NAMES);
    const hint = near ? `did you mean ${near}?` : `there are: ${FUNCTION_NAMES.join(', ')}`;
    throw new ExpressionFault('syntax', `there is no function ${name}; ${hint}`, at);
  }
  const given = reader.within(at, () => readList(reader, ')'));
  const { least, most } = known;
  if (given.length < least || given.length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw new ExpressionFault('syntax', `${name} takes ${wanted} values, not ${given.length}`, at);
  }
  return { kind: 'call', name, given, at };
}

function readList(reader: Reader, end: string): Expression[] {
  const items: Expression[] = [];
  if (reader.takes(end)) return items;
  do items.push(readOr(reader));
  while (reader.takes(','));
  reader.expect(end);
  return items;
}
