import {
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { messageOf } from '../core/errors.ts';
import { isRecord, type Json } from '../core/json.ts';
import type { ConfigDocument, Dialect, DocumentPath, SyntaxProblem } from './document.ts';
import { editInTurn } from './edits.ts';
import { sameContent, valueAt, withoutValue, withValue } from './equality.ts';
import { createLocator } from './positions.ts';
import { invalidDocument, refusedEdit } from './refusal.ts';
import { applySplices, type Splice } from './splice.ts';
import { addToCollection, fillDocument, type Place, removeItem, replaceYamlValue } from './yaml-edit.ts';

interface Open {
  readonly text: string;
  readonly name: string;
  readonly dialect: Dialect;
  readonly root: Node | null;
  readonly value: Json;
  readonly problems: readonly SyntaxProblem[];
}

/** Opens YAML 1.2, one document a file. Edits splice the text by node ranges; nothing else is printed again. */
export function openYaml(text: string, dialect: Dialect, name: string): ConfigDocument {
  const state = read(text, dialect, name);
  const document: ConfigDocument = {
    text,
    value: state.value,
    problems: state.problems,
    positionOf(path, at = 'value') {
      if (valueAt(state.value, path) === undefined) return undefined;
      const found = find(state.root, path);
      const node = at === 'key' && found?.pair ? (found.pair.key as Node) : found?.node;
      return createLocator(text)(node?.range?.[0] ?? (found?.pair?.key as Node | undefined)?.range?.[0] ?? 0);
    },
    set: (path, value) => setValue(state, path, value),
    remove: (path) => removeValue(state, path),
    edit: (edits) => editInTurn(document, edits, (next) => openYaml(next, dialect, name)),
  };
  return document;
}

function read(text: string, dialect: Dialect, name: string): Open {
  const problems: SyntaxProblem[] = [];
  const locate = createLocator(text);
  if (text.startsWith('\uFEFF') && !dialect.allowByteOrderMark) {
    const message = 'the file begins with a byte order mark';
    problems.push({ line: 1, column: 1, code: 'BYTE_ORDER_MARK', message });
  }
  const document = parseDocument(text, { prettyErrors: false });
  for (const { code, message, pos } of document.errors) {
    const kind = code === 'DUPLICATE_KEY' ? code : 'SYNTAX';
    problems.push({ ...locate(pos[0]), code: kind, message: messageOf(new Error(message)) });
  }
  const root = document.contents as Node | null;
  let value: Json = {};
  if (!problems.some(({ code }) => code === 'SYNTAX')) {
    try {
      value = (document.toJS() ?? {}) as Json;
      if (!isRecord(value)) {
        value = {};
        const message = 'the file does not hold a mapping';
        problems.push({ ...locate(root?.range?.[0] ?? 0), code: 'SYNTAX', message });
      }
    } catch (error) {
      // Aliases that multiply without end.
      problems.push({ line: 1, column: 1, code: 'SYNTAX', message: messageOf(error) });
    }
  }
  return { text, name, dialect, root, value, problems };
}

function setValue(open: Open, path: DocumentPath, value: Json): string {
  refuse(open, path);
  const { text, root, name } = open;
  const old = valueAt(open.value, path);
  if (old !== undefined && sameContent(old, value)) return text;
  if (isRecord(old) && isRecord(value) && Object.keys(value).some((key) => Object.hasOwn(old, key))) {
    return mergeMap(open, path, old, value);
  }
  const meant = withValue(open.value, path, value);
  const place = deepest(root, path);
  const [key, ...inner] = place.rest;
  const nested = key === undefined ? value : (withValue({}, inner, value) as Json);
  const leaf = inner.length === 0 ? value : nested;
  let splices: Splice[];
  if (key === undefined) splices = replaceYamlValue(text, place, value);
  else if (!place.node || (isScalar(place.node) && place.node.value === null)) {
    const child = { [String(key)]: leaf };
    splices = place.pair ? replaceYamlValue(text, place, child) : fillDocument(text, child);
  } else if (isCollection(place.node)) splices = addToCollection(text, place, { key, value: leaf });
  else {
    const at = createLocator(text)(place.node.range?.[0] ?? 0);
    throw invalidDocument(name, { ...at, message: 'a parent of the entry is not a mapping' });
  }
  return verified(open, applySplices(text, splices), meant);
}

function mergeMap(open: Open, path: DocumentPath, old: Record<string, unknown>, next: Json): string {
  let text = open.text;
  const wanted = isRecord(next) ? next : {};
  const reopen = (): ConfigDocument => openYaml(text, open.dialect, open.name);
  for (const [key, value] of Object.entries(wanted)) text = reopen().set([...path, key], value as Json);
  for (const key of Object.keys(old)) {
    if (!Object.hasOwn(wanted, key)) text = reopen().remove([...path, key]);
  }
  return text;
}

function removeValue(open: Open, path: DocumentPath): string {
  refuse(open, path);
  const { text, root, value } = open;
  if (path.length === 0 || valueAt(value, path) === undefined) return text;
  const found = find(root, path);
  const parent = find(root, path.slice(0, -1));
  if (!found || !parent || !isCollection(parent.node)) {
    throw refusedEdit(open.name, 'the entry comes from an alias or a merge');
  }
  const isLast = parent.node.items.length === 1;
  const splices =
    isLast && parent.pair
      ? replaceYamlValue(text, parent, isSeq(parent.node) ? [] : {})
      : removeItem(text, parent.node, (parent.node.items as unknown[]).indexOf(found.pair ?? found.node));
  return verified(open, applySplices(text, splices), withoutValue(value, path));
}

function refuse({ problems, name }: Open, path: DocumentPath): void {
  const [broken] = problems.filter(({ code }) => code === 'SYNTAX' || code === 'DUPLICATE_KEY');
  if (broken) throw invalidDocument(name, broken);
  if (path.includes('__proto__')) throw refusedEdit(name, 'a key named "__proto__" cannot be written safely');
}

function verified({ dialect, name }: Open, edited: string, meant: unknown): string {
  const text = dialect.allowByteOrderMark ? edited : edited.replace(/^\uFEFF/, '');
  const { problems, value } = read(text, dialect, name);
  const [broken] = problems.filter(({ code }) => code === 'SYNTAX' || code === 'DUPLICATE_KEY');
  if (broken) throw refusedEdit(name, `the result does not parse: ${broken.message}`);
  if (!sameContent(value, meant)) throw refusedEdit(name, 'the result says something else than was meant');
  return text;
}

function find(root: Node | null, path: DocumentPath): Place | undefined {
  const place = deepest(root, path);
  return place.rest.length === 0 ? place : undefined;
}

function deepest(root: Node | null, path: DocumentPath): Place {
  let place: Place = { node: root, pair: undefined, rest: path };
  for (const [index, key] of path.entries()) {
    const rest = path.slice(index + 1);
    if (isMap(place.node)) {
      const pair = pairOf(place.node, key);
      if (!pair) return place;
      place = { node: pair.value as Node | null, pair, rest };
    } else if (isSeq(place.node) && Number(key) < place.node.items.length) {
      place = { node: place.node.items[Number(key)] as Node, pair: undefined, rest };
    } else return place;
  }
  return place;
}

function pairOf(map: YAMLMap, key: string | number): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(key));
}
