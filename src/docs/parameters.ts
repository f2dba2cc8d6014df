import { isRecord, type Json, type JsonObject } from '../core/json.ts';
import type { Inline, Text } from './blocks.ts';

/** A member of a JSON Schema, as a row of a table. */
export interface Parameter {
  /** e.g. `filters[].name`. */
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
  /** Default, choices and limits, each a sentence of its own. */
  readonly rules: readonly Text[];
}

/** Members of members are followed that far. */
const DEEPEST = 6;
/** A schema larger than this is told in part. */
const MOST = 200;
const LONGEST_VALUE = 120;
const MOST_CHOICES = 40;

/** Every member an object schema names, those of inner objects and lists among them. `isCut` when there are too many. */
export function parametersOf(schema: JsonObject): { rows: Parameter[]; isCut: boolean } {
  const rows = membersOf(schema, { root: schema, path: '', depth: 0, within: ['#'] });
  return { rows: rows.slice(0, MOST), isCut: rows.length > MOST };
}

interface Place {
  readonly root: JsonObject;
  readonly path: string;
  readonly depth: number;
  /** References that led here: what refers to itself is told once. */
  readonly within: readonly string[];
}

function membersOf(given: unknown, from: Place): Parameter[] {
  const place = entered(given, from);
  if (!place) return [];
  const { root, path, depth, within } = place;
  const schema = resolved(given, root);
  const required = Array.isArray(schema.required) ? schema.required : [];
  const members = isRecord(schema.properties) ? Object.entries(schema.properties) : [];
  const own = members.flatMap(([name, member]): Parameter[] => {
    const at = path === '' ? name : `${path}.${name}`;
    const row = rowOf(at, resolved(member, root), required.includes(name), root);
    return [row, ...below(member, { root, path: at, depth: depth + 1, within })];
  });
  return [...own, ...variantsOf(schema, place)].slice(0, MOST + 1);
}

/** The place within a schema; undefined where that is told already, or too deep. */
function entered(schema: unknown, place: Place): Place | undefined {
  if (place.depth > DEEPEST) return undefined;
  const reference = isRecord(schema) && typeof schema.$ref === 'string' ? schema.$ref : undefined;
  if (reference === undefined) return place;
  return place.within.includes(reference) ? undefined : { ...place, within: [...place.within, reference] };
}

/** What stands in a member: the members of an object, or of the items of a list. */
function below(member: unknown, from: Place): Parameter[] {
  const place = entered(member, from);
  if (!place) return [];
  const schema = resolved(member, place.root);
  const items = isRecord(schema.items) ? schema.items : undefined;
  if (items) return membersOf(items, { ...place, path: `${place.path}[]` });
  return membersOf(schema, place);
}

/** Where an object has several forms, the members of each, numbered. */
function variantsOf(schema: JsonObject, { root, path, depth, within }: Place): Parameter[] {
  const forms = alternativesOf(schema).filter((form) => {
    const { properties, items } = resolved(form, root);
    return isRecord(properties) || isRecord(items);
  });
  return forms.flatMap((form, index) => {
    const at = forms.length === 1 ? path : `${path}(${index + 1})`;
    return below(form, { root, path: at, depth: depth + 1, within });
  });
}

function rowOf(path: string, schema: JsonObject, isRequired: boolean, root: JsonObject): Parameter {
  const inner = isRecord(schema.items) ? rulesOf(resolved(schema.items, root)) : [];
  return {
    path,
    type: typeOf(schema, root),
    isRequired,
    description: typeof schema.description === 'string' ? schema.description : String(schema.title ?? ''),
    rules: [...rulesOf(schema), ...inner.map((rule): Text => ['Each: ', ...rule])],
  };
}

/** `string`, `number or null`, `object[]`. */
function typeOf(schema: JsonObject, root: JsonObject, depth = 0): string {
  if (depth > DEEPEST) return 'any';
  const alternatives = alternativesOf(schema);
  if (alternatives.length > 0 && schema.type === undefined) {
    const types = alternatives.map((each) => typeOf(resolved(each, root), root, depth + 1));
    return [...new Set(types)].join(' or ');
  }
  if (Array.isArray(schema.type)) return schema.type.map(String).join(' or ');
  if (schema.type === 'array') {
    const item = isRecord(schema.items) ? typeOf(resolved(schema.items, root), root, depth + 1) : 'any';
    return item.includes(' or ') ? `(${item})[]` : `${item}[]`;
  }
  if (typeof schema.type === 'string') return schema.type;
  if (isRecord(schema.properties)) return 'object';
  const values = Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : [];
  const types = new Set(values.map((value) => (value === null ? 'null' : typeof value)));
  return types.size > 0 ? [...types].join(' or ') : 'any';
}

function alternativesOf(schema: JsonObject): Json[] {
  const { anyOf, oneOf } = schema;
  return Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : [];
}

/** A keyword whose value is told, with the words before it. */
const LIMITS: readonly (readonly [keyword: string, words: string])[] = [
  ['const', 'Always '],
  ['default', 'Default: '],
  ['minimum', 'At least '],
  ['exclusiveMinimum', 'More than '],
  ['maximum', 'At most '],
  ['exclusiveMaximum', 'Less than '],
  ['multipleOf', 'A multiple of '],
  ['minLength', 'Characters, at least '],
  ['maxLength', 'Characters, at most '],
  ['minItems', 'Items, at least '],
  ['maxItems', 'Items, at most '],
  ['format', 'Format: '],
  ['pattern', 'Pattern: '],
];

function rulesOf(schema: JsonObject): Text[] {
  const choices = Array.isArray(schema.enum) ? schema.enum : [];
  const limits = LIMITS.flatMap(([keyword, words]): Text[] =>
    schema[keyword] === undefined ? [] : [[words, shownValue(schema[keyword] as Json), '.']],
  );
  const examples = Array.isArray(schema.examples) ? schema.examples.slice(0, 3) : [];
  return [
    ...(choices.length > 0 ? [['One of ', ...list(choices.slice(0, MOST_CHOICES)), ending(choices)]] : []),
    ...limits,
    ...(schema.uniqueItems === true ? [['No item twice.']] : []),
    ...(examples.length > 0 ? [['For example ', ...list(examples), '.']] : []),
    ...(schema.deprecated === true ? [['Deprecated.']] : []),
  ];
}

function ending(choices: readonly Json[]): string {
  return choices.length > MOST_CHOICES ? ` and ${choices.length - MOST_CHOICES} more.` : '.';
}

function list(values: readonly Json[]): Inline[] {
  return values.flatMap((value, index) => (index === 0 ? [shownValue(value)] : [', ', shownValue(value)]));
}

function shownValue(value: Json): Inline {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return {
    code: text === '' ? '""' : text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text,
  };
}

/** A schema with what it refers to within its document, and the parts it is composed of, laid together. */
function resolved(given: unknown, root: JsonObject, depth = 0): JsonObject {
  if (!isRecord(given)) return {};
  const { $ref, allOf, ...own } = given as JsonObject;
  if (depth > DEEPEST) return own;
  const target = typeof $ref === 'string' ? resolved(pointed(root, $ref), root, depth + 1) : {};
  const parts = Array.isArray(allOf) ? allOf.map((part) => resolved(part, root, depth + 1)) : [];
  return [target, ...parts, own].reduce(merged, {});
}

function merged(a: JsonObject, b: JsonObject): JsonObject {
  const properties = { ...objectAt(a, 'properties'), ...objectAt(b, 'properties') };
  const required = [...listAt(a, 'required'), ...listAt(b, 'required')];
  return {
    ...a,
    ...b,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  };
}

function objectAt(schema: JsonObject, key: string): JsonObject {
  return isRecord(schema[key]) ? (schema[key] as JsonObject) : {};
}

function listAt(schema: JsonObject, key: string): Json[] {
  return Array.isArray(schema[key]) ? schema[key] : [];
}

/** What `#/$defs/name` leads to; nothing for addresses elsewhere, because nothing is fetched. */
function pointed(root: JsonObject, reference: string): unknown {
  if (!reference.startsWith('#')) return undefined;
  return reference
    .slice(1)
    .split('/')
    .filter((part) => part !== '')
    .map((part) => decodePointer(part))
    .reduce<unknown>(
      (value, part) => (isRecord(value) && Object.hasOwn(value, part) ? value[part] : undefined),
      root,
    );
}

function decodePointer(part: string): string {
  const unescaped = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(unescaped);
  } catch {
    return unescaped;
  }
}
