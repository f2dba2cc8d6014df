import { parse, TomlError } from 'smol-toml';
import { isRecord, type Json } from '../core/json.ts';
import type { ConfigDocument, Dialect, DocumentPath, SyntaxProblem } from './document.ts';
import { editInTurn } from './edits.ts';
import { sameContent, valueAt, withoutValue, withValue } from './equality.ts';
import { createLocator } from './positions.ts';
import { invalidDocument, refusedEdit } from './refusal.ts';
import { applySplices, lineEndOf, type Splice } from './splice.ts';
import { readStatements, type Statement } from './toml-lines.ts';
import { hasNull, printTomlPair, printTomlTable, printTomlValue } from './toml-print.ts';

type Table = Record<string, unknown>;

interface Open {
  readonly text: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly value: Table;
  readonly problems: readonly SyntaxProblem[];
  readonly statements: readonly Statement[];
}

/** Opens TOML. Dates read as ISO texts, integers beyond 2^53 as numbers; edits leave both as they are written. */
export async function openToml(text: string, dialect: Dialect, name: string): Promise<ConfigDocument> {
  const library = await import('@decimalturn/toml-patch');
  // Its own parse gives dates in its own classes, so that they don't count as changed.
  const patch: Patch = (old, change) => library.patch(old, change(library.parse(old)));
  return open(text, dialect, name, patch);
}

/** The slower way: the library finds out what differs. */
type Patch = (text: string, change: (value: unknown) => unknown) => string;

function open(text: string, dialect: Dialect, name: string, patch: Patch): ConfigDocument {
  const { value, problems } = read(text, dialect);
  const state: Open = { text, name, dialect, value, problems, statements: readStatements(text) ?? [] };
  const reopen = (next: string): ConfigDocument => open(next, dialect, name, patch);
  const document: ConfigDocument = {
    text,
    value: toJson(value),
    problems,
    positionOf(path, at = 'value') {
      if (valueAt(value, path) === undefined) return undefined;
      const statement = statementFor(state, path);
      if (!statement) return { line: 1, column: 1 };
      return createLocator(text)(at === 'key' ? statement.keyStart : statement.valueStart);
    },
    set: (path, next) => setValue(state, path, next, { patch, reopen }),
    remove: (path) => removeValue(state, path, patch),
    edit: (edits) => editInTurn(document, edits, reopen),
  };
  return document;
}

function read(text: string, dialect: Dialect): { value: Table; problems: SyntaxProblem[] } {
  const problems: SyntaxProblem[] = [];
  const marked = text.startsWith('\uFEFF');
  if (marked && !dialect.allowByteOrderMark) {
    const message = 'the file begins with a byte order mark';
    problems.push({ line: 1, column: 1, code: 'BYTE_ORDER_MARK', message });
  }
  try {
    return { value: parseToml(text), problems };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { line, column } = error instanceof TomlError ? error : { line: 1, column: 1 };
    const message = error.message
      .replace(/^Invalid TOML document: /, '')
      .split('\n')[0]
      ?.trim();
    problems.push({ line, column, code: 'SYNTAX', message: message || 'it is not TOML' });
    return { value: {}, problems };
  }
}

function parseToml(text: string): Table {
  return parse(text.replace(/^\uFEFF/, ''), { integersAsBigInt: 'asNeeded' });
}

interface Tools {
  readonly patch: Patch;
  readonly reopen: (text: string) => ConfigDocument;
}

function setValue(open: Open, path: DocumentPath, next: Json, tools: Tools): string {
  refuse(open, path);
  if (hasNull(next)) throw refusedEdit(open.name, 'TOML has no null');
  const old = valueAt(open.value, path);
  if (old !== undefined && sameContent(old, next)) return open.text;
  if (isRecord(old) && isRecord(next)) return mergeTable(open, path, old, next, tools);
  const meant = withValue(open.value, path, next);
  if (old !== undefined && (isRecord(old) || isRecord(next))) {
    return tools.reopen(removeValue(open, path, tools.patch)).set(path, next);
  }
  return firstThatFits(
    open,
    [meant],
    [
      () => (old === undefined ? addition(open, path, next) : replacement(open, path, next)),
      () => tools.patch(open.text, (value) => withValue(value, path, next)),
    ],
  );
}

/** Only the keys that differ are touched, so that comments inside the table stay. */
function mergeTable(open: Open, path: DocumentPath, old: Table, next: Table, { reopen }: Tools): string {
  let text = open.text;
  for (const [key, value] of Object.entries(next)) text = reopen(text).set([...path, key], value as Json);
  for (const key of Object.keys(old)) {
    if (!Object.hasOwn(next, key)) text = reopen(text).remove([...path, key]);
  }
  return text;
}

function replacement({ text, statements }: Open, path: DocumentPath, next: Json): string | undefined {
  const pair = statements.find((statement) => statement.kind === 'pair' && isSame(statement.path, path));
  return pair && applySplices(text, [{ start: pair.valueStart, end: pair.end, text: printTomlValue(next) }]);
}

function addition(open: Open, path: DocumentPath, next: Json): string | undefined {
  const { text, statements } = open;
  const lineEnd = lineEndOf(text);
  if (isRecord(next)) return withBlock(text, printTomlTable(path, next, lineEnd), lineEnd);
  const parent = path.slice(0, -1);
  const pair = printTomlPair(path.at(-1) ?? '', next);
  const header = statements.findLast(({ kind, path: at }) => kind !== 'pair' && isSame(at, parent));
  if (parent.length === 0) return withRootPair(text, statements, pair + lineEnd);
  if (!header) {
    const block = `${printTomlTable(parent, {}, lineEnd)}${lineEnd}${pair}`;
    return valueAt(open.value, parent) === undefined ? withBlock(text, block, lineEnd) : undefined;
  }
  const from = statements.indexOf(header);
  const following = statements.findIndex(({ kind }, index) => index > from && kind !== 'pair');
  const last = statements[(following === -1 ? statements.length : following) - 1] ?? header;
  const indent = /^[ \t]*/.exec(text.slice(last.start))?.[0] ?? '';
  const at = endOfLine(text, last.end);
  const start = at > 0 && text[at - 1] !== '\n' ? lineEnd : '';
  return applySplices(text, [{ start: at, end: at, text: `${start}${indent}${pair}${lineEnd}` }]);
}

function withRootPair(text: string, statements: readonly Statement[], line: string): string {
  const first = statements.findIndex(({ kind }) => kind !== 'pair');
  const last = statements[(first === -1 ? statements.length : first) - 1];
  const lineEnd = lineEndOf(text);
  if (!last) {
    const at = text.startsWith('\uFEFF') ? 1 : 0;
    const gap = text.length > at ? lineEnd : '';
    return text.slice(0, at) + line + gap + text.slice(at);
  }
  const at = endOfLine(text, last.end);
  const start = text[at - 1] === '\n' ? '' : lineEnd;
  return text.slice(0, at) + start + line + text.slice(at);
}

function withBlock(text: string, block: string, lineEnd: string): string {
  if (text.replace(/^\uFEFF/, '').trim() === '') return `${text}${block}${lineEnd}`;
  const gap = text.endsWith('\n') ? lineEnd : lineEnd + lineEnd;
  return `${text}${gap}${block}${lineEnd}`;
}

function removeValue(open: Open, path: DocumentPath, patch: Patch): string {
  refuse(open, path);
  if (path.length === 0 || valueAt(open.value, path) === undefined) return open.text;
  const meant = withoutValue(open.value, path);
  // Tables exist in TOML by being named in a header, so the last entry may take empty parents with it.
  const fits: unknown[] = [meant];
  for (let length = path.length - 1; length > 0; length -= 1) {
    const parent = path.slice(0, length);
    const left = valueAt(fits.at(-1), parent);
    if (!isRecord(left) || Object.keys(left).length > 0) break;
    fits.push(withoutValue(fits.at(-1), parent));
  }
  return firstThatFits(open, fits, [
    () => removal(open, path),
    () => patch(open.text, (value) => withoutValue(value, path)),
  ]);
}

/** Takes whole lines: a table's header with all its pairs, inner tables, and pairs whose dotted key leads there. */
function removal({ text, statements }: Open, path: DocumentPath): string | undefined {
  const splices: Splice[] = [];
  for (let index = 0; index < statements.length; index += 1) {
    const first = statements[index];
    if (!first || !startsWith(first.path, path)) continue;
    let last = first;
    while (statements[index + 1] && startsWith(statements[index + 1]?.path ?? [], path)) {
      index += 1;
      last = statements[index] ?? last;
    }
    splices.push(
      withBlankLines(text, { start: first.start, end: endOfLine(text, last.end), text: '' }, first),
    );
  }
  return splices.length === 0 ? undefined : applySplices(text, splices);
}

/** A table leaves no double gap behind: at the end of the file the blank line before goes, else the one after. */
function withBlankLines(text: string, splice: Splice, first: Statement): Splice {
  if (first.kind === 'pair') return splice;
  if (text.slice(splice.end).trim() === '') {
    const before = /(?<=\n)[ \t]*\r?\n$/.exec(text.slice(0, splice.start))?.[0].length ?? 0;
    return { ...splice, start: splice.start - before };
  }
  const isAfterGap = splice.start === 0 || /\n[ \t]*\r?\n$/.test(text.slice(0, splice.start));
  const after = isAfterGap ? (/^[ \t]*\r?\n/.exec(text.slice(splice.end))?.[0].length ?? 0) : 0;
  return { ...splice, end: splice.end + after };
}

/** The first attempt whose result says one of the things that fit. */
function firstThatFits(
  { name, dialect }: Open,
  fits: readonly unknown[],
  attempts: readonly (() => string | undefined)[],
): string {
  let cause: unknown;
  for (const attempt of attempts) {
    try {
      const edited = attempt();
      if (edited === undefined) continue;
      const text = dialect.allowByteOrderMark ? edited : edited.replace(/^\uFEFF/, '');
      const actual = parseToml(text);
      if (fits.some((meant) => sameContent(actual, meant))) return text;
    } catch (error) {
      cause = error;
    }
  }
  throw refusedEdit(name, 'no way was found that says what was meant and nothing else', cause);
}

function refuse({ problems, name }: Open, path: DocumentPath): void {
  const broken = problems.find(({ code }) => code === 'SYNTAX');
  if (broken) throw invalidDocument(name, broken);
  if (path.includes('__proto__')) throw refusedEdit(name, 'a key named "__proto__" cannot be written safely');
}

function statementFor({ statements }: Open, path: DocumentPath): Statement | undefined {
  const covering = statements.filter(({ kind, path: at }) => kind === 'pair' && startsWith(path, at));
  return (
    statements.find(({ path: at }) => isSame(at, path)) ??
    covering.sort((a, b) => b.path.length - a.path.length)[0] ??
    statements.find(({ path: at }) => startsWith(at, path))
  );
}

function startsWith(path: DocumentPath, prefix: DocumentPath): boolean {
  return prefix.every((part, index) => String(path[index]) === String(part)) && path.length >= prefix.length;
}

function isSame(a: DocumentPath, b: DocumentPath): boolean {
  return a.length === b.length && startsWith(a, b);
}

/** Offset after the line end of the line `offset` is on. */
function endOfLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}

function toJson(value: unknown): Json {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
  }
  return value as Json;
}
