import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { checkSchema } from '../../src/mcp/schema.ts';
import { readArguments } from '../../src/mcp/tool-arguments.ts';

const properties: JsonObject = {
  text: { type: 'string' },
  count: { type: 'integer' },
  ratio: { type: ['number', 'null'] },
  on: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
  tags: { type: 'array', items: { type: 'integer' } },
  filter: { type: 'object' },
  level: { enum: [1, 2] },
  any: {},
};

function read(...words: string[]): JsonObject {
  return readArguments(words, { name: 't', inputSchema: { type: 'object', properties } });
}

test.each([
  ['text=12', { text: '12' }],
  ['text=a=b:c', { text: 'a=b:c' }],
  ['text=', { text: '' }],
  ['text:="12"', { text: '12' }],
  ['count=12', { count: 12 }],
  ['count=many', { count: 'many' }],
  ['ratio=-1.5e3', { ratio: -1500 }],
  ['ratio=null', { ratio: null }],
  ['on=TRUE', { on: true }],
  ['tags=7', { tags: [7] }],
  ['tags=[1,2]', { tags: [1, 2] }],
  ['filter={"a":1}', { filter: { a: 1 } }],
  ['level=2', { level: 2 }],
  ['any=1', { any: '1' }],
  ['any:=1', { any: 1 }],
])('reads %s', (word, expected) => {
  expect(read(word)).toEqual(expected);
});

test('makes a list of a key given twice, and takes the last of others', () => {
  expect(read('tags=1', 'tags=2', 'text=a', 'text=b')).toEqual({ tags: [1, 2], text: 'b' });
});

test('takes any key where the schema is open', () => {
  const inputSchema = { type: 'object', properties, additionalProperties: { type: 'number' } };

  expect(readArguments(['more=x'], { name: 't', inputSchema })).toEqual({ more: 'x' });
});

const problem = async (schema: JsonObject, value: unknown): Promise<unknown> =>
  (await checkSchema(schema, value)).problems.map(({ path, message }) => `${path} ${message}`);

test.each([
  [{ type: 'object', required: ['a'] }, {}, ['a is missing']],
  [{ additionalProperties: false }, { b: 1 }, ['b is not known']],
  [{ properties: { a: { items: { enum: ['x'] } } } }, { a: ['y'] }, ['a[0] must be one of ["x"]']],
  [{ prefixItems: [{ type: 'string' }], items: false }, [1], ['[0] must be string']],
  [{ properties: { 'a/b': { format: 'email' } } }, { 'a/b': 'x' }, ['a/b must match format "email"']],
  [{ $defs: { n: { type: 'number' } }, $ref: '#/$defs/n' }, 'x', [' must be number']],
  [
    { $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'number' }] },
    ['x'],
    ['[0] must be number'],
  ],
])('says what does not fit %j', async (schema, value, expected) => {
  expect(await problem(schema as JsonObject, value)).toEqual(expected);
});

test('refuses nothing for a schema that cannot be used, and fetches none', async () => {
  const schema = { $ref: 'http://127.0.0.1:9/schema.json' };

  expect(await checkSchema(schema, 1)).toEqual({
    problems: [],
    unusable: expect.stringContaining('127.0.0.1'),
  });
});
