import { isRecord, type Json } from '../../core/json.ts';

const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];

/** Formats validators know; others would be refused. */
const FORMATS = [
  'date',
  'date-time',
  'time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
  'regex',
];

const isNumber = (value: unknown): boolean => typeof value === 'number';
const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0;
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isAny = (): boolean => true;
const isList = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

/** Members of a schema that are taken as they are, where they have the form a validator takes. The rest is dropped. */
const MEMBERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: (value) => [value].flat().length > 0 && [value].flat().every((one) => TYPES.includes(one as string)),
  enum: isList,
  const: isAny,
  default: isAny,
  examples: isList,
  required: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
  format: (value) => FORMATS.includes(value as string),
  pattern: (value) => typeof value === 'string' && isPattern(value),
  minimum: isNumber,
  maximum: isNumber,
  // Flags in 3.0, numbers since.
  exclusiveMinimum: (value) => isNumber(value) || isFlag(value),
  exclusiveMaximum: (value) => isNumber(value) || isFlag(value),
  multipleOf: (value) => isNumber(value) && Number(value) > 0,
  minLength: isCount,
  maxLength: isCount,
  minItems: isCount,
  maxItems: isCount,
  minProperties: isCount,
  maxProperties: isCount,
  minContains: isCount,
  maxContains: isCount,
  uniqueItems: isFlag,
  deprecated: isFlag,
};

/** The plain members of a schema. */
export function plainMembers(schema: Record<string, unknown>): [string, Json][] {
  return Object.entries(MEMBERS).flatMap(([key, fits]): [string, Json][] => {
    if (!Object.hasOwn(schema, key) || !fits(schema[key])) return [];
    const value = bounded(schema[key]);
    // A list that names something twice is no valid schema.
    const isSet = key === 'enum' || key === 'required' || key === 'type';
    return [[key, isSet && Array.isArray(value) ? unique(value) : value]];
  });
}

function unique(list: readonly Json[]): Json[] {
  return [...new Map(list.map((item) => [JSON.stringify(item), item])).values()];
}

/** A plain value without what would not survive JSON; deep and long ones are cut. */
function bounded(value: unknown, depth = 0): Json {
  if (depth > 10) return null;
  if (Array.isArray(value)) return value.slice(0, 500).map((item) => bounded(item, depth + 1));
  if (isRecord(value)) {
    const members = Object.entries(value).slice(0, 500);
    return Object.fromEntries(members.map(([key, item]) => [key, bounded(item, depth + 1)]));
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

/** Nested repetition can keep a validator busy for ever; such patterns and broken ones are left out. */
function isPattern(pattern: string): boolean {
  if (pattern.length > 200 || /[+*}]\)?[+*{]|\([^)]*[+*][^)]*\)[+*{]/.test(pattern)) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}
