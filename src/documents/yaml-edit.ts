import {
  isCollection,
  isMap,
  isSeq,
  type Node,
  type Pair,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { isRecord, type Json } from '../core/json.ts';
import type { DocumentPath } from './document.ts';
import { lineEndOf, lineStart, type Splice } from './splice.ts';

/** A node with the pair whose value it is, and the part of a path that leads on from there. */
export interface Place {
  readonly node: Node | null;
  readonly pair: Pair | undefined;
  readonly rest: DocumentPath;
}

/** New text for the value of a pair, of a list element, or of the whole document. */
export function replaceYamlValue(text: string, { node, pair }: Place, value: Json): Splice[] {
  const key = pair?.key as Node | undefined;
  const wasFlow = isCollection(node) && node.flow === true && node.items.length > 0;
  const flow = wasFlow || isInFlow(text, key ?? node);
  if (flow || (isLeaf(value) && node && !isBlock(node))) {
    const [start, end] = spanOf(node, key, text);
    const gap = start === end ? ' ' : '';
    return [
      {
        start,
        end,
        text: gap + (flow ? inline(value) : printLeaf(value)) + lineEndIfTaken(text, start, end),
      },
    ];
  }
  if (!key) {
    const [start, end] = spanOf(node, undefined, text);
    return [{ start, end, text: block(text, value, columnOf(text, start)).trimStart() }];
  }
  const column = columnOf(text, key.range?.[0] ?? 0);
  const colon = text.indexOf(':', key.range?.[1] ?? 0) + 1;
  // The range of an empty value lies after the comments that follow the colon.
  const end = node?.range && node.range[0] !== node.range[1] ? node.range[1] : colon;
  const printed = isLeaf(value)
    ? ` ${printLeaf(value)}`
    : `${lineEndOf(text)}${block(text, value, column + unitOf(text))}`;
  const from = isBlock(node) && !isLeaf(value) ? endOfHead(text, colon) : colon;
  return [{ start: from, end: Math.max(from, end), text: printed + lineEndIfTaken(text, from, end) }];
}

/** Adds a pair to a map or an element to a list, after the last one. */
export function addToCollection(
  text: string,
  { node, pair }: Place,
  { key, value }: { readonly key: string | number; readonly value: Json },
): Splice[] {
  const collection = node as YAMLMap | YAMLSeq;
  const item: Json = isMap(collection) ? { [String(key)]: value } : [value];
  const last = collection.items.at(-1);
  if (!last) {
    if (pair && !isInFlow(text, pair.key as Node))
      return replaceYamlValue(text, { node, pair, rest: [] }, item);
    const [start, end] = spanOf(collection, undefined, text);
    return [{ start, end, text: inline(item) }];
  }
  if (collection.flow) {
    const end = endOf(last);
    return [{ start: end, end, text: `, ${inline(item).slice(1, -1).trim()}` }];
  }
  const first = collection.items[0];
  const at = endOfLine(text, endOf(last));
  const lineEnd = lineEndOf(text);
  const before = at > 0 && text[at - 1] !== '\n' ? lineEnd : '';
  const column = isSeq(collection)
    ? columnOf(text, collection.range?.[0] ?? 0)
    : columnOf(text, startOf(first));
  return [{ start: at, end: at, text: `${before}${block(text, item, column)}${lineEnd}` }];
}

/** The first pair of a document that has only comments, or nothing. */
export function fillDocument(text: string, value: Json): Splice[] {
  const lineEnd = lineEndOf(text);
  const before = text === '' || text === '\uFEFF' || text.endsWith('\n') ? '' : lineEnd;
  return [{ start: text.length, end: text.length, text: `${before}${block(text, value, 0)}${lineEnd}` }];
}

/** Takes one of several items out of a map or list. */
export function removeItem(text: string, collection: YAMLMap | YAMLSeq, index: number): Splice[] {
  const item = collection.items[index];
  const next = collection.items[index + 1];
  const previous = collection.items[index - 1];
  const start = startOf(item);
  if (collection.flow) {
    if (next) return [{ start, end: startOf(next), text: '' }];
    if (previous) return [{ start: endOf(previous), end: endOf(item), text: '' }];
    return [{ start, end: endOf(item), text: '' }];
  }
  const line = lineStart(text, start);
  const head = text.slice(line, start);
  const end = endOfLine(text, endOf(item));
  if (/^[ \t]*$/.test(head) || (isSeq(collection) && /^[ \t]*-[ \t]*$/.test(head))) {
    return [{ start: line, end, text: '' }];
  }
  // The first pair of a list element shares its line with the dash, which the next pair takes over.
  return next ? [{ start, end: startOf(next), text: '' }] : [{ start, end: endOf(item), text: '{}' }];
}

/** Lines of a block, each with its indent, without a final line end. */
function block(text: string, value: Json, column: number): string {
  const printed = stringify(value, { indent: unitOf(text), lineWidth: 0, blockQuote: false }).trimEnd();
  return printed
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(column) + line))
    .join(lineEndOf(text));
}

function inline(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (isRecord(value)) {
    const pairs = Object.entries(value).map(([key, item]) => `${inline(key)}: ${inline(item as Json)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  // Inside brackets a plain text may hold no comma or bracket, so texts are always quoted there.
  return typeof value === 'string' ? JSON.stringify(value) : printLeaf(value);
}

function printLeaf(value: Json): string {
  return stringify(value, { lineWidth: 0, blockQuote: false }).trimEnd();
}

function isLeaf(value: Json): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function isBlock(node: Node | null): boolean {
  return isCollection(node) && !node.flow && node.items.length > 0;
}

/** True when brackets around `node` are open where it stands. */
function isInFlow(text: string, node: Node | null | undefined): boolean {
  const at = node?.range?.[0] ?? 0;
  const before = text.slice(lineStart(text, at), at);
  return /[{[][^}\]]*$/.test(before.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, ''));
}

function spanOf(node: Node | null, key: Node | undefined, text: string): [number, number] {
  if (node?.range && node.range[0] !== node.range[1]) return [node.range[0], node.range[1]];
  const colon = key?.range ? text.indexOf(':', key.range[1]) + 1 : (node?.range?.[0] ?? 0);
  return [colon, colon];
}

/** A block scalar's range ends after its line end, which the new value needs too. */
function lineEndIfTaken(text: string, start: number, end: number): string {
  return end > start && text[end - 1] === '\n' ? lineEndOf(text) : '';
}

/** After a comment that follows `key:` on its line. */
function endOfHead(text: string, colon: number): number {
  return colon + (/^[ \t]*#[^\r\n]*/.exec(text.slice(colon))?.[0].length ?? 0);
}

function columnOf(text: string, offset: number): number {
  const line = lineStart(text, offset);
  return offset - line - (text[line] === '\uFEFF' ? 1 : 0);
}

/** Spaces a level of the file is indented by. */
function unitOf(text: string): number {
  return (
    /^[\w"'-][^\n]*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*( +)\S/m.exec(text)?.[1]?.length ?? 2
  );
}

function startOf(item: unknown): number {
  const node = isPair(item) ? (item.key as Node) : (item as Node);
  return node.range?.[0] ?? 0;
}

function endOf(item: unknown): number {
  if (!isPair(item)) return (item as Node).range?.[1] ?? 0;
  const value = item.value as Node | null;
  return value?.range?.[1] ?? (item.key as Node).range?.[1] ?? 0;
}

function isPair(item: unknown): item is Pair {
  return isRecord(item) && 'key' in item && 'value' in item && !('range' in item);
}

/** Offset after the line end of the line `offset` is on; `offset` itself when a line ends right before it. */
function endOfLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const newline = text.indexOf('\n', offset);
  return newline === -1 ? text.length : newline + 1;
}
