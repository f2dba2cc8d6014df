import { isRecord, type JsonObject } from '../../core/json.ts';
import { plainMembers } from './plain-members.ts';
import type { ApiDocument } from './read-document.ts';
import { BadReference, lookUp } from './references.ts';
import { plainText } from './text.ts';

/** Most schemas of one tool: no model reads more, and no hostile document makes more. */
const MOST_SCHEMAS = 2_000;
const DEEPEST = 60;

/** Members of a schema that hold a schema, a list of them, or named ones. */
const SCHEMA = ['items', 'additionalProperties', 'not', 'contains', 'propertyNames', 'if', 'then', 'else'];
const SCHEMAS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const NAMED = ['properties'];

/** Converts the schemas of one tool from OpenAPI to JSON Schema 2020-12; what they share goes to `$defs`. */
export function createConverter(document: ApiDocument) {
  const isOld = String(document.openapi).startsWith('3.0');
  const names = new Map<string, string>();
  const defs = new Map<string, JsonObject | boolean>();
  let count = 0;

  const convert = (value: unknown, depth = 0): JsonObject | boolean => {
    count += 1;
    if (count > MOST_SCHEMAS || depth > DEEPEST) throw new BadReference('its schemas are too large');
    if (typeof value === 'boolean') return value;
    if (!isRecord(value)) throw new BadReference('a schema is not an object');
    if (typeof value.$ref === 'string') return { $ref: `#/$defs/${defName(value.$ref)}` };
    const members = [...plainMembers(value), ...texts(value), ...nested(value, depth + 1)];
    const schema: JsonObject = Object.fromEntries(members);
    return isOld ? fromOld(schema, value) : withoutFlags(schema);
  };

  const nested = (value: Record<string, unknown>, depth: number): [string, JsonObject[string]][] => [
    ...SCHEMA.filter((key) => isRecord(value[key]) || typeof value[key] === 'boolean').map(
      (key): [string, JsonObject[string]] => [key, convert(value[key], depth)],
    ),
    ...SCHEMAS.flatMap((key): [string, JsonObject[string]][] => {
      const list = value[key];
      return Array.isArray(list) && list.length > 0 ? [[key, list.map((one) => convert(one, depth))]] : [];
    }),
    ...NAMED.flatMap((key): [string, JsonObject[string]][] => {
      const members = value[key];
      if (!isRecord(members)) return [];
      return [
        [key, Object.fromEntries(Object.entries(members).map(([name, one]) => [name, convert(one, depth)]))],
      ];
    }),
  ];

  const defName = (reference: string): string => {
    const known = names.get(reference);
    if (known !== undefined) return known;
    const name = freeName(reference, new Set(names.values()));
    // Named before it is converted: schemas may hold themselves.
    names.set(reference, name);
    defs.set(name, convert(lookUp(document, reference)));
    return name;
  };

  return {
    convert,
    /** The schema with what it refers to. */
    withDefs: (schema: JsonObject): JsonObject =>
      defs.size === 0 ? schema : { ...schema, $defs: Object.fromEntries(defs) },
  };
}

function texts(value: Record<string, unknown>): [string, string][] {
  return ['title', 'description'].flatMap((key): [string, string][] =>
    typeof value[key] === 'string' ? [[key, plainText(value[key], 1_000)]] : [],
  );
}

/** What 3.0 writes otherwise: null as a flag, exclusive limits as flags. */
function fromOld(schema: JsonObject, { nullable }: Record<string, unknown>): JsonObject {
  const changed = { ...schema };
  for (const [flag, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (changed[flag] !== true || changed[limit] === undefined) continue;
    changed[flag] = changed[limit];
    delete changed[limit];
  }
  const plain = withoutFlags(changed);
  if (nullable !== true) return plain;
  if (Array.isArray(plain.enum) && !plain.enum.includes(null)) plain.enum = [...plain.enum, null];
  if (typeof plain.type === 'string') return { ...plain, type: [plain.type, 'null'] };
  return Object.keys(plain).length === 0 ? plain : { anyOf: [plain, { type: 'null' }] };
}

function withoutFlags(schema: JsonObject): JsonObject {
  for (const flag of ['exclusiveMinimum', 'exclusiveMaximum']) {
    if (typeof schema[flag] === 'boolean') delete schema[flag];
  }
  return schema;
}

function freeName(reference: string, taken: ReadonlySet<string>): string {
  const last = reference
    .split('/')
    .at(-1)
    ?.replaceAll(/[^A-Za-z0-9_.-]/g, '_');
  const base = (last || 'schema').slice(0, 64);
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}_${count}`;
    if (!taken.has(name)) return name;
  }
}
