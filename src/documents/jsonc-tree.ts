import {
  createScanner,
  type Node,
  type ParseError,
  type ParseErrorCode,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { messageOf } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { Dialect, SyntaxProblem } from './document.ts';
import type { createLocator } from './positions.ts';
import { parseTolerantJson } from './tolerant-json.ts';

type Locator = ReturnType<typeof createLocator>;

export interface Tree {
  /** Undefined for an empty file and for one that does not parse. */
  readonly root: Node | undefined;
  readonly value: Json;
  readonly problems: readonly SyntaxProblem[];
}

const BYTE_ORDER_MARK = '\uFEFF';

// Values of the library's const enum SyntaxKind, which isolated modules cannot import.
const CLOSE_BRACE = 2;
const CLOSE_BRACKET = 4;
const COMMA = 5;
const LINE_COMMENT = 12;
const BLOCK_COMMENT = 13;
const LINE_BREAK = 14;
const TRIVIA = 15;
const END = 17;

/** Parses strictly, then judges by the dialect. Offsets in the tree count from the start of `text`, mark included. */
export function readTree(text: string, dialect: Dialect, locate: Locator): Tree {
  const marked = text.startsWith(BYTE_ORDER_MARK);
  // A space in place of the mark keeps offsets; the library calls the mark itself an invalid symbol.
  const body = marked ? ` ${text.slice(1)}` : text;
  const problems: SyntaxProblem[] = [];
  if (marked && !dialect.allowByteOrderMark) {
    problems.push({
      line: 1,
      column: 1,
      code: 'BYTE_ORDER_MARK',
      message: 'the file begins with a byte order mark',
    });
  }
  const { root, errors } = parse(body);
  const seen = new Set<string>();
  const distinct = errors.filter(({ error, offset }) => seen.size !== seen.add(`${error} ${offset}`).size);
  const syntax = distinct.map(({ error, offset }) => ({
    ...locate(offset),
    code: 'SYNTAX' as const,
    message: describe(error),
  }));
  problems.push(...dialectProblems(body, dialect, locate), ...syntax);
  let value: Json = {};
  if (syntax.length === 0 && root) {
    try {
      value = parseTolerantJson(body);
    } catch (error) {
      problems.push({ line: 1, column: 1, code: 'SYNTAX', message: messageOf(error) });
    }
    if (root.type !== 'object') {
      value = {};
      const message = `the file holds ${aOrAn(root.type)}, not an object`;
      problems.push({ ...locate(root.offset), code: 'SYNTAX', message });
    }
    problems.push(...keyProblems(root, locate));
  }
  return { root: value !== undefined && syntax.length === 0 ? root : undefined, value, problems };
}

export function aOrAn(type: string): string {
  if (type === 'null') return type;
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function parse(body: string): { root: Node | undefined; errors: ParseError[] } {
  const errors: ParseError[] = [];
  try {
    const options = { allowTrailingComma: true, disallowComments: false, allowEmptyContent: true };
    return { root: parseTree(body, errors, options), errors };
  } catch (error) {
    // The library descends recursively; thousands of nested brackets exhaust the stack.
    if (!(error instanceof RangeError)) throw error;
    return { root: undefined, errors: [{ error: 1 as ParseErrorCode, offset: 0, length: 0 }] };
  }
}

/** `CloseBraceExpected` → `close brace expected`. */
function describe(error: ParseErrorCode): string {
  return printParseErrorCode(error)
    .replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
}

function dialectProblems(body: string, dialect: Dialect, locate: Locator): SyntaxProblem[] {
  if (dialect.allowComments && dialect.allowTrailingCommas) return [];
  const problems: SyntaxProblem[] = [];
  const scanner = createScanner(body, false);
  let commaAt = -1;
  for (let token: number = scanner.scan(); token !== END; token = scanner.scan()) {
    if (token === LINE_BREAK || token === TRIVIA) continue;
    if (token === LINE_COMMENT || token === BLOCK_COMMENT) {
      if (dialect.allowComments) continue;
      const message = 'its reader does not allow comments';
      problems.push({ ...locate(scanner.getTokenOffset()), code: 'COMMENT', message });
      continue;
    }
    if (
      (token === CLOSE_BRACE || token === CLOSE_BRACKET) &&
      commaAt !== -1 &&
      !dialect.allowTrailingCommas
    ) {
      const message = 'its reader does not allow a comma after the last element';
      problems.push({ ...locate(commaAt), code: 'TRAILING_COMMA', message });
    }
    commaAt = token === COMMA ? scanner.getTokenOffset() : -1;
  }
  return problems;
}

function keyProblems(root: Node, locate: Locator): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    const seen = new Set<string>();
    for (const child of node.children ?? []) {
      if (child.type !== 'property') {
        open.push(child);
        continue;
      }
      const [keyNode, valueNode] = child.children ?? [];
      if (valueNode) open.push(valueNode);
      const key = String(keyNode?.value);
      if (seen.has(key)) {
        problems.push({
          ...locate(child.offset),
          code: 'DUPLICATE_KEY',
          message: `the key ${JSON.stringify(key)} stands twice`,
        });
      }
      if (key === '__proto__') {
        problems.push({
          ...locate(child.offset),
          code: 'UNSAFE_KEY',
          message: 'programs lose a key named "__proto__"',
        });
      }
      seen.add(key);
    }
  }
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
