import { findNodeAtLocation, type Node } from 'jsonc-parser';
import { McpctlError, messageOf } from '../core/errors.ts';
import type { Json } from '../core/json.ts';
import type { ConfigDocument, Dialect, DocumentEdit, DocumentPath, SyntaxProblem } from './document.ts';
import { editInTurn } from './edits.ts';
import { sameContent, valueAt, withoutValue, withValue } from './equality.ts';
import { printBlock } from './json-print.ts';
import { appendChild, removeChild, replaceValue } from './jsonc-edit.ts';
import { aOrAn, readTree, type Tree } from './jsonc-tree.ts';
import { windowOn } from './jsonc-window.ts';
import { createLocator } from './positions.ts';
import { invalidDocument, refusedEdit } from './refusal.ts';
import { applySplices, lineEndOf, type Splice } from './splice.ts';
import { parseTolerantJson } from './tolerant-json.ts';

/**
 * Opens JSON or JSONC. A file that does not parse has problems of code SYNTAX, an empty `value` and refuses edits.
 * `name` stands in error messages, usually the file's path.
 */
export function openJson(text: string, dialect: Dialect, name = 'the document'): ConfigDocument {
  const locate = createLocator(text);
  let parsed: Tree | undefined;
  const tree = (): Tree => {
    parsed ??= readTree(text, dialect, locate);
    return parsed;
  };
  const nodeAt = (path: DocumentPath): Node | undefined => {
    const { root } = tree();
    return root && valueAt(tree().value, path) !== undefined ? findLast(root, path) : undefined;
  };
  return {
    text,
    get value() {
      return tree().value;
    },
    get problems() {
      return tree().problems;
    },
    positionOf(path, at = 'value') {
      const node = nodeAt(path);
      if (!node) return undefined;
      const isKey = at === 'key' && node.parent?.type === 'property';
      return locate(isKey ? (node.parent?.offset ?? node.offset) : node.offset);
    },
    set: (path, value) => setValue({ text, dialect, name, tree: tree(), locate }, path, value),
    remove: (path) => removeValue({ text, dialect, name, tree: tree(), locate }, path),
    edit: (edits) => editAll({ text, dialect, name, tree: tree(), locate }, edits),
  };
}

interface Open {
  readonly text: string;
  readonly dialect: Dialect;
  readonly name: string;
  readonly tree: Tree;
  readonly locate: ReturnType<typeof createLocator>;
}

/** Larger entries are replaced whole: each inner change parses the file again. */
const MAX_MERGED_TEXT = 1_000_000;

function setValue(open: Open, path: DocumentPath, value: Json): string {
  refuseBroken(open, path);
  const { text, tree } = open;
  const meant = withValue(tree.value, path, value) as Json;
  const old = valueAt(tree.value, path);
  if (old !== undefined && sameContent(old, value)) return text;
  const merged = mergeChanges(open, path, value, old);
  if (merged !== undefined) return merged;
  if (!tree.root) {
    const lineEnd = lineEndOf(text);
    const layout = { lineEnd, unit: '  ', spaced: true };
    const printed = printBlock(meant, '', layout) + lineEnd;
    return verified(open, text.trim() === '' ? printed : text + printed, meant);
  }
  const { node, rest } = deepest(tree.root, path);
  if (rest.length === 0) return verified(open, applySplices(text, replaceValue(text, node, value)), meant);
  const [key, ...inner] = rest;
  if (node.type !== 'object' && node.type !== 'array') {
    const at = path.slice(0, path.length - rest.length).join('.') || 'the root';
    throw invalidDocument(open.name, {
      ...open.locate(node.offset),
      message: `${at} is ${aOrAn(node.type)}, not an object`,
    });
  }
  const child = withValue({}, inner, value) as Json;
  const splices =
    node.type === 'array'
      ? appendChild(text, node, inner.length === 0 ? value : child)
      : appendChild(text, node, inner.length === 0 ? value : child, String(key));
  return verified(open, applySplices(text, splices), meant);
}

/** Where an object gives way to an object, only the keys that differ are touched, so that comments inside stay. */
function mergeChanges(open: Open, path: DocumentPath, value: Json, old: unknown): string | undefined {
  const isMergeable = isPlainObject(old) && isPlainObject(value) && Object.keys(old).length > 0;
  if (!isMergeable || open.text.length > MAX_MERGED_TEXT) return undefined;
  const kept = Object.keys(value).filter((key) => Object.hasOwn(old, key));
  if (kept.length === 0) return undefined;
  let text = open.text;
  const step = (edit: (document: ConfigDocument) => string): void => {
    text = edit(openJson(text, open.dialect, open.name));
  };
  for (const key of Object.keys(value)) step((document) => document.set([...path, key], value[key] as Json));
  for (const key of Object.keys(old)) {
    if (!Object.hasOwn(value, key)) step((document) => document.remove([...path, key]));
  }
  return text;
}

function removeValue(open: Open, path: DocumentPath): string {
  refuseBroken(open, path);
  const { text, tree } = open;
  if (path.length === 0 || valueAt(tree.value, path) === undefined || !tree.root) return text;
  const node = findLast(tree.root, path);
  const child = node?.parent?.type === 'property' ? node.parent : node;
  const splices: Splice[] = child ? removeChild(text, child) : [];
  return verified(open, applySplices(text, splices), withoutValue(tree.value, path) as Json);
}

/**
 * Several edits of one object are done on that object alone, and the file as a whole is verified once: parsing a file
 * of 57 MB takes longer than everything else.
 */
function editAll(open: Open, edits: readonly DocumentEdit[]): string {
  const { text, tree, dialect, name } = open;
  for (const { path } of edits) refuseBroken(open, path);
  const [first] = edits;
  const parent = first?.path.slice(0, -1) ?? [];
  const isOneObject = edits.every(({ path }) => sameContent(path.slice(0, -1), parent));
  if (edits.length > 1 && isOneObject && parent.length > 0) {
    if (valueAt(tree.value, parent) === undefined && edits.every(({ value }) => value !== undefined)) {
      const members = edits.map(({ path, value }) => [path.at(-1), value]);
      return setValue(open, parent, Object.fromEntries(members) as Json);
    }
    const edited = editWindow(open, parent, edits);
    if (edited !== undefined) {
      const meant = edits.reduce<unknown>(
        (value, edit) =>
          edit.value === undefined ? withoutValue(value, edit.path) : withValue(value, edit.path, edit.value),
        tree.value,
      );
      return verified(open, edited, meant as Json);
    }
  }
  const reopen = (next: string): ConfigDocument => openJson(next, dialect, name);
  return editInTurn(reopen(text), edits, reopen);
}

/** The whole text with the edits done inside the object at `parent`; undefined where that needs the whole file. */
function editWindow(
  { text, tree, dialect, name }: Open,
  parent: DocumentPath,
  edits: readonly DocumentEdit[],
): string | undefined {
  const node = tree.root && findLast(tree.root, parent);
  const window = node && windowOn(text, node, String(parent.at(-1)));
  if (!window) return undefined;
  const reopen = (next: string): ConfigDocument => openJson(next, dialect, name);
  const inside = edits.map(({ path, value }) => ({ path: [window.key, ...path.slice(-1)], value }));
  try {
    return window.putBack(editInTurn(reopen(window.text), inside, reopen));
  } catch (error) {
    // Its line numbers would be those of the window; the whole file gives the same refusal with the right ones.
    if (error instanceof McpctlError) return undefined;
    throw error;
  }
}

function refuseBroken({ tree, name, locate }: Open, path: DocumentPath): void {
  const broken = tree.problems.find(({ code }) => BREAKING.has(code));
  if (broken) throw invalidDocument(name, broken);
  if (path.includes('__proto__')) throw refusedEdit(name, 'a key named "__proto__" cannot be written safely');
  let node = tree.root;
  for (const key of path) {
    const same = node?.children?.filter(
      (child) => child.type === 'property' && child.children?.[0]?.value === key,
    );
    if (same && same.length > 1) {
      const at = locate(same[1]?.offset ?? 0);
      throw invalidDocument(name, { ...at, message: `the key ${JSON.stringify(key)} stands twice` });
    }
    node = node && findNodeAtLocation(node, [key]);
  }
}

/** Problems that make the file unreadable to its client. A mark is taken off by the edit, a doubled key judged by path. */
const BREAKING = new Set<SyntaxProblem['code']>(['SYNTAX', 'COMMENT', 'TRAILING_COMMA']);

function verified({ dialect, name }: Open, edited: string, meant: Json): string {
  const text = dialect.allowByteOrderMark ? edited : edited.replace(/^\uFEFF/, '');
  let actual: Json;
  try {
    actual = parseTolerantJson(text);
  } catch (error) {
    throw refusedEdit(name, `the result does not parse: ${messageOf(error)}`, error);
  }
  if (!sameContent(actual, meant)) throw refusedEdit(name, 'the result says something else than was meant');
  return text;
}

/** The node at a path; of doubled keys the last, as `JSON.parse` has it. */
function findLast(root: Node, path: DocumentPath): Node | undefined {
  let node: Node | undefined = root;
  for (const key of path) {
    if (node?.type === 'array') node = node.children?.[Number(key)];
    else {
      const property: Node | undefined = node?.children?.findLast(
        (child) => child.children?.[0]?.value === String(key),
      );
      node = property?.children?.[1];
    }
  }
  return node;
}

/** The innermost existing node on the way to `path`, and the part of the path that is missing. */
function deepest(root: Node, path: DocumentPath): { node: Node; rest: DocumentPath } {
  let node = root;
  for (const [index, key] of path.entries()) {
    const next = findLast(node, [key]);
    if (!next) return { node, rest: path.slice(index) };
    node = next;
  }
  return { node, rest: [] };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
