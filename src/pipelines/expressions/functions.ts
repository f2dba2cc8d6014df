import { isRecord, type Json } from '../../core/json.ts';
import { ExpressionFault } from './fault.ts';
import { type Budget, bounded, jsonText, plainText, spend } from './measure.ts';

export type ValueType = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'null';

export interface PipelineFunction {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** What it makes; undefined when that depends on what it is given. */
  readonly makes?: ValueType;
  readonly does: string;
  /** Pure: the same values, the same result. */
  apply(given: readonly Json[], place: { readonly budget: Budget; readonly at: number }): Json;
}

/** Looking for a long text in a longer one may take as many steps as both have characters, multiplied. */
const LONGEST_NEEDLE = 4096;

/** `default` alone may be given what is missing; the evaluation sees to that. */
const FUNCTIONS: readonly PipelineFunction[] = [
  {
    name: 'contains',
    least: 2,
    most: 2,
    makes: 'boolean',
    does: 'whether a text has another in it, or a list an item',
    apply([where = null, what = null], { budget, at }) {
      if (typeof where === 'string' && typeof what === 'string') {
        if (what.length > LONGEST_NEEDLE)
          throw wrong(`contains looks for ${LONGEST_NEEDLE} characters at most`, at);
        return bounded(where, at).includes(what);
      }
      if (!Array.isArray(where)) throw wrong('contains looks into a text or a list', at);
      spend(budget, where.length, at);
      return where.includes(what);
    },
  },
  {
    name: 'default',
    least: 2,
    most: 2,
    does: 'the second value when the first is missing or null',
    apply: ([value = null, other = null]) => value ?? other,
  },
  {
    name: 'first',
    least: 1,
    most: 1,
    does: 'the first item of a list, null of an empty one',
    apply: ([list = null], { at }) => listOf(list, 'first', at)[0] ?? null,
  },
  {
    name: 'format',
    least: 1,
    most: 10,
    makes: 'string',
    does: 'the text with {0}, {1} … replaced by the values behind it',
    apply([pattern = null, ...values], { budget, at }) {
      if (typeof pattern !== 'string') throw wrong('format begins with a text', at);
      const parts = bounded(pattern, at).split(/\{(\d{1,2})\}/);
      spend(budget, parts.length, at);
      let text = '';
      for (const [index, part] of parts.entries()) {
        if (index % 2 === 0) text += part;
        else {
          const value = values[Number(part)];
          if (value === undefined) throw wrong(`format has no value for {${part}}`, at);
          text += plainText(value, budget, at);
        }
        bounded(text, at);
      }
      return text;
    },
  },
  {
    name: 'fromJson',
    least: 1,
    most: 1,
    does: 'the value a JSON text stands for',
    apply([text = null], { at }) {
      if (typeof text !== 'string') throw wrong('fromJson reads a text', at);
      try {
        return JSON.parse(bounded(text, at)) as Json;
      } catch (error) {
        if (error instanceof ExpressionFault) throw error;
        throw wrong('the text is not JSON', at);
      }
    },
  },
  {
    name: 'join',
    least: 1,
    most: 2,
    makes: 'string',
    does: 'the items of a list as one text, with ", " or the second value between them',
    apply([list = null, between = ', '], { budget, at }) {
      if (typeof between !== 'string') throw wrong('join puts a text between the items', at);
      let text = '';
      for (const [index, item] of listOf(list, 'join', at).entries()) {
        spend(budget, 1, at);
        text = bounded(`${text}${index === 0 ? '' : between}${plainText(item, budget, at)}`, at);
      }
      return text;
    },
  },
  {
    name: 'json',
    least: 1,
    most: 1,
    makes: 'string',
    does: 'the value as JSON text',
    apply: ([value = null], { budget, at }) => jsonText(value, budget, at),
  },
  {
    name: 'keys',
    least: 1,
    most: 1,
    makes: 'array',
    does: 'the names of the members of an object',
    apply([value = null], { budget, at }) {
      if (!isRecord(value)) throw wrong('keys are those of an object', at);
      const names = Object.keys(value);
      spend(budget, names.length, at);
      return names;
    },
  },
  {
    name: 'length',
    least: 1,
    most: 1,
    makes: 'number',
    does: 'how many characters, items or members there are',
    apply([value = null], { at }) {
      if (typeof value === 'string' || Array.isArray(value)) return value.length;
      if (isRecord(value)) return Object.keys(value).length;
      throw wrong('length is that of a text, a list or an object', at);
    },
  },
  {
    name: 'toString',
    least: 1,
    most: 1,
    makes: 'string',
    does: 'the value as text; JSON for lists and objects',
    apply: ([value = null], { budget, at }) => plainText(value, budget, at),
  },
];

const BY_NAME = new Map(FUNCTIONS.map((one) => [one.name, one]));

export const FUNCTION_NAMES: readonly string[] = [...BY_NAME.keys()];

export function functionNamed(name: string): PipelineFunction | undefined {
  return BY_NAME.get(name);
}

function listOf(value: Json, name: string, at: number): Json[] {
  if (Array.isArray(value)) return value;
  throw wrong(`${name} takes a list`, at);
}

function wrong(message: string, at: number): ExpressionFault {
  return new ExpressionFault('type', message, at);
}
