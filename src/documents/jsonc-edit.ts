import { createScanner, type Node } from 'jsonc-parser';
import type { Json } from '../core/json.ts';
import { type Layout, layoutOf, printBlock, printInline } from './json-print.ts';
import { lineEndOf, lineStart, type Splice } from './splice.ts';

// Values of the library's const enum SyntaxKind, which isolated modules cannot import.
const COMMA = 5;
const LINE_COMMENT = 12;
const BLOCK_COMMENT = 13;
const TRIVIA = 15;

/** New text for the value of `node`. */
export function replaceValue(text: string, node: Node, value: Json): Splice[] {
  const layout = layoutOf(text, lineEndOf(text));
  const old = text.slice(node.offset, node.offset + node.length);
  const wasInline = (node.children?.length ?? 0) > 0 && !old.includes('\n');
  const printed =
    wasInline || isOnOneLine(text)
      ? printInline(value, layout)
      : printBlock(value, indentAt(text, (node.parent ?? node).offset), layout);
  return [{ start: node.offset, end: node.offset + node.length, text: printed }];
}

/** Adds `key: value` (or, for an array, the value) after the last child of `parent`. */
export function appendChild(text: string, parent: Node, value: Json, key?: string): Splice[] {
  const layout = layoutOf(text, lineEndOf(text));
  const last = parent.children?.at(-1);
  return last
    ? appendAfter(text, { parent, last, layout, key, value })
    : fillEmpty(text, { parent, layout, key, value });
}

interface Addition {
  readonly parent: Node;
  readonly layout: Layout;
  readonly key: string | undefined;
  readonly value: Json;
}

function appendAfter(text: string, addition: Addition & { readonly last: Node }): Splice[] {
  const { parent, last, layout } = addition;
  const end = last.offset + last.length;
  const comma = findComma(text, end, parent.offset + parent.length - 1);
  const isBroken = text.slice(parent.offset, parent.offset + parent.length).includes('\n');
  const separator: Splice[] = comma === -1 ? [{ start: end, end, text: ',' }] : [];
  const closing = comma === -1 ? '' : ',';
  if (!isBroken) {
    const at = comma === -1 ? end : comma + 1;
    const gap = layout.spaced ? ' ' : '';
    return [...separator, { start: at, end: at, text: `${gap}${printChild(addition, null)}${closing}` }];
  }
  // Nested one-line objects on one line have no line of their own to take the indent from.
  const indent = indentAt(text, last.offset);
  const at = endOfLineTrivia(text, comma === -1 ? end : comma + 1, parent.offset + parent.length - 1);
  return [
    ...separator,
    { start: at, end: at, text: `${layout.lineEnd}${indent}${printChild(addition, indent)}${closing}` },
  ];
}

function fillEmpty(text: string, addition: Addition): Splice[] {
  const { parent, layout } = addition;
  const open = parent.offset + 1;
  const close = parent.offset + parent.length - 1;
  const inner = text.slice(open, close);
  if (isOnOneLine(text) && parent.parent) {
    const gap = layout.spaced ? ' ' : '';
    return [{ start: open, end: close, text: `${gap}${printChild(addition, null)}${gap}` }];
  }
  const outer = indentAt(text, parent.offset);
  const indent = outer + layout.unit;
  // Comments inside an otherwise empty object stay before the new entry.
  const start = open + inner.trimEnd().length;
  const added = `${layout.lineEnd}${indent}${printChild(addition, indent)}${layout.lineEnd}${outer}`;
  return [{ start, end: close, text: added }];
}

/** `indent` null asks for one line. */
function printChild({ key, value, layout }: Addition, indent: string | null): string {
  const printed = indent === null ? printInline(value, layout) : printBlock(value, indent, layout);
  return key === undefined ? printed : `${JSON.stringify(key)}:${layout.spaced ? ' ' : ''}${printed}`;
}

/** Takes `child` (a property or an array element) out of its parent, the comments of its neighbours left alone. */
export function removeChild(text: string, child: Node): Splice[] {
  const parent = child.parent;
  if (!parent?.children) return [];
  const start = child.offset;
  const end = child.offset + child.length;
  const close = parent.offset + parent.length - 1;
  const index = parent.children.indexOf(child);
  const previous = parent.children[index - 1];
  const comma = findComma(text, end, close);
  const commaBefore =
    comma === -1 && previous ? findComma(text, previous.offset + previous.length, start) : -1;
  if (parent.children.length === 1 && isEmptyWithout(text, { parent, start, end, comma })) {
    return [{ start: parent.offset + 1, end: close, text: '' }];
  }
  const line = lineStart(text, start);
  const own = text.slice(line, start).trim() === '';
  const after = comma !== -1 && isBlank(text, end, comma) ? comma + 1 : end;
  const separators = [comma === -1 || after > comma ? -1 : comma, commaBefore]
    .filter((at) => at !== -1)
    .map((at) => ({ start: at, end: at + 1, text: '' }));
  if (own) {
    const lineEnd = endOfLineTrivia(text, after, close);
    const newline = /^[ \t]*(\r?\n)/.exec(text.slice(lineEnd));
    if (newline && line > parent.offset) {
      return [...separators, { start: line, end: lineEnd + newline[0].length, text: '' }];
    }
  }
  if (commaBefore !== -1 && isBlank(text, commaBefore + 1, start)) {
    return [{ start: commaBefore, end, text: '' }];
  }
  const spaces = /^[ \t]*/.exec(text.slice(after))?.[0].length ?? 0;
  return [...separators, { start, end: comma === -1 ? after : after + spaces, text: '' }];
}

function isEmptyWithout(
  text: string,
  { parent, start, end, comma }: { parent: Node; start: number; end: number; comma: number },
): boolean {
  const rest =
    text.slice(parent.offset + 1, start) +
    text.slice(end, comma === -1 ? end : comma) +
    text.slice(comma === -1 ? end : comma + 1, parent.offset + parent.length - 1);
  return rest.trim() === '';
}

/** Offset of the comma between `from` and `until`, comments skipped; -1 when there is none. */
function findComma(text: string, from: number, until: number): number {
  const scanner = createScanner(text, true);
  scanner.setPosition(from);
  const token: number = scanner.scan();
  return token === COMMA && scanner.getTokenOffset() < until ? scanner.getTokenOffset() : -1;
}

/** End of the comments that follow `from` on its line; `from` itself when there are none. */
function endOfLineTrivia(text: string, from: number, until: number): number {
  const scanner = createScanner(text, false);
  scanner.setPosition(from);
  let end = from;
  for (;;) {
    const token: number = scanner.scan();
    if (scanner.getTokenOffset() >= until) return end;
    if (token === LINE_COMMENT || token === BLOCK_COMMENT) {
      const comment = text.slice(scanner.getTokenOffset(), scanner.getPosition());
      if (comment.includes('\n')) return end;
      end = scanner.getPosition();
    } else if (token !== TRIVIA) {
      return end;
    }
  }
}

function isBlank(text: string, from: number, to: number): boolean {
  return text.slice(from, to).trim() === '';
}

function isOnOneLine(text: string): boolean {
  return !text.trim().includes('\n');
}

/** The white space the line of `offset` begins with. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? '';
}
