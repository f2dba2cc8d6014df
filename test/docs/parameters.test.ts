import { expect, test } from 'vitest';
import { parametersOf } from '../../src/docs/parameters.ts';

const text = (rules: readonly (readonly unknown[])[]): string =>
  rules
    .map((rule) =>
      rule
        .map((piece) => (typeof piece === 'string' ? piece : `‹${(piece as { code: string }).code}›`))
        .join(''),
    )
    .join(' ');

const rowsOf = (schema: object) =>
  parametersOf(schema as never).rows.map(({ path, type, isRequired, rules }) =>
    [path, type, ...(isRequired ? ['required'] : []), ...(rules.length > 0 ? [text(rules)] : [])].join(' | '),
  );

test('types, limits, defaults and choices of each member', () => {
  const properties = {
    name: {
      type: 'string',
      minLength: 2,
      maxLength: 9,
      pattern: '^a',
      format: 'email',
      examples: ['ann@a.example'],
    },
    count: { type: ['integer', 'null'], exclusiveMinimum: 0, maximum: 9, multipleOf: 3, default: 3 },
    kind: { enum: ['big', 'small', null] },
    fixed: { const: { a: 1 } },
    tags: { type: 'array', items: { type: 'string', enum: ['x', 'y'] }, minItems: 1, uniqueItems: true },
    either: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] },
    old: { type: 'boolean', deprecated: true },
    open: {},
  };

  expect(rowsOf({ type: 'object', properties, required: ['name', 'kind'] })).toEqual([
    'name | string | required | Characters, at least ‹2›. Characters, at most ‹9›. Format: ‹email›. Pattern: ‹^a›. For example ‹ann@a.example›.',
    'count | integer or null | Default: ‹3›. More than ‹0›. At most ‹9›. A multiple of ‹3›.',
    'kind | string or null | required | One of ‹big›, ‹small›, ‹null›.',
    'fixed | object | Always ‹{"a":1}›.',
    'tags | string[] | Items, at least ‹1›. No item twice. Each: One of ‹x›, ‹y›.',
    'either | string or number[]',
    'old | boolean | Deprecated.',
    'open | any',
  ]);
});

test('members of members, by reference and composition, and several forms', () => {
  const schema = {
    type: 'object',
    properties: {
      items: { type: 'array', items: { $ref: '#/$defs/item' } },
      target: {
        oneOf: [{ $ref: '#/$defs/item' }, { type: 'object', properties: { url: { type: 'string' } } }],
      },
    },
    $defs: {
      base: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
      item: { allOf: [{ $ref: '#/$defs/base' }, { properties: { size: { type: 'number' } } }] },
    },
  };

  expect(rowsOf(schema)).toEqual([
    'items | object[]',
    'items[].id | string | required',
    'items[].size | number',
    'target | object',
    'target(1).id | string | required',
    'target(1).size | number',
    'target(2).url | string',
  ]);
});

test('schemas that refer to themselves, to nothing, or elsewhere come to an end', () => {
  const schema = {
    type: 'object',
    properties: {
      self: { $ref: '#' },
      lost: { $ref: '#/$defs/none' },
      away: { $ref: 'https://evil.example/schema.json' },
      odd: { $ref: '#/%E0%A4%A' },
    },
    $defs: { loop: { $ref: '#/$defs/loop' } },
  };

  expect(rowsOf(schema)).toEqual(['self | object', 'lost | any', 'away | any', 'odd | any']);
});

test('what refers to itself further down is told once', () => {
  const schema = {
    type: 'object',
    properties: { filter: { $ref: '#/$defs/filter' } },
    $defs: {
      filter: {
        type: 'object',
        properties: { field: { type: 'string' }, all: { type: 'array', items: { $ref: '#/$defs/filter' } } },
      },
    },
  };

  expect(rowsOf(schema)).toEqual(['filter | object', 'filter.field | string', 'filter.all | object[]']);
});

test('a very large schema is told in part', () => {
  const members = Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`m${at}`, { type: 'string' }]));

  const { rows, isCut } = parametersOf({ type: 'object', properties: members });

  expect({ rows: rows.length, isCut }).toEqual({ rows: 200, isCut: true });
});
