import { expect, test } from 'vitest';
import { chooseOperations } from '../../../src/scaffold/openapi/choose-operations.ts';
import { describeApi } from '../../../src/scaffold/openapi/describe-api.ts';
import { operationsSource } from '../../../src/scaffold/openapi/operations-source.ts';
import { readApiDocument } from '../../../src/scaffold/openapi/read-document.ts';

const OK = { '200': { description: 'ok' } };

const GOOD = { '/good': { get: { operationId: 'good', responses: OK } } };

async function describe(document: object) {
  return describeApi(
    await readApiDocument(JSON.stringify({ openapi: '3.1.0', ...document }), 'api.json'),
    'api.json',
  );
}

const answering = (schema: unknown) => ({
  get: { operationId: 'bad', responses: { '200': { content: { 'application/json': { schema } } } } },
});

function nestedSchema(depth: number): object {
  return depth === 0 ? {} : { type: 'array', items: nestedSchema(depth - 1) };
}

const WIDE = {
  properties: Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`p${index}`, {}])),
};

test.each([
  ['another document', { $ref: 'https://evil.example/schema.json' }, /another document/],
  ['a file', { $ref: 'file:///etc/passwd' }, /another document/],
  ['nothing', { $ref: '#/components/schemas/None' }, /not in the document/],
  ['a built-in member', { $ref: '#/constructor' }, /not in the document/],
  ['a broken pointer', { $ref: '#/%E0%A4%A' }, /no reference/],
  ['no schema', 'text', /not an object/],
  ['a well', nestedSchema(80), /too large/],
  ['a sea', WIDE, /too large/],
])('a schema that is %s leaves out its operation and no other', async (_, schema, why) => {
  const { operations, left } = await describe({ paths: { '/bad': answering(schema), ...GOOD } });

  expect(operations.map(({ name }) => name)).toEqual(['good']);
  expect(left).toEqual([{ operation: 'GET /bad', why: expect.stringMatching(why) }]);
});

test('references in a circle end', async () => {
  const components = {
    responses: { A: { $ref: '#/components/responses/B' }, B: { $ref: '#/components/responses/A' } },
  };
  const paths = { '/bad': { get: { responses: { '200': { $ref: '#/components/responses/A' } } } }, ...GOOD };

  expect((await describe({ components, paths })).left).toEqual([
    { operation: 'GET /bad', why: expect.stringContaining('circle') },
  ]);
});

test('references that multiply stay as small as the document', async () => {
  const schemas = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => {
      const $ref = `#/components/schemas/S${index + 1}`;
      return [`S${index}`, { anyOf: [{ $ref }, { $ref }, { $ref }] }];
    }),
  );
  const components = { schemas: { ...schemas, S40: { type: 'string' } } };

  const { operations } = await describe({
    components,
    paths: { '/s': answering({ $ref: '#/components/schemas/S0' }) },
  });

  expect(JSON.stringify(operations).length).toBeLessThan(10_000);
});

test('members that no validator takes are dropped', async () => {
  const schema = {
    type: 'thing',
    required: 'name',
    enum: [],
    minimum: '1',
    pattern: '(a+)+$',
    multipleOf: 0,
    format: 'evil',
  };

  const { operations } = await describe({ paths: { '/s': answering(schema) } });

  expect(operations[0]?.outputSchema).toMatchObject({ properties: { body: {} } });
});

test('names cannot change what objects are', async () => {
  const parameters = ['__proto__', 'constructor', 'body'].map((name) => ({
    in: 'query',
    name,
    schema: { type: 'string' },
  }));

  const { operations } = await describe({ paths: { '/s': { get: { parameters, responses: OK } } } });

  const { properties } = operations[0]?.inputSchema ?? {};
  expect(Object.keys(properties as object)).toEqual(['__proto__', 'constructor', 'body_2']);
  expect(Object.getPrototypeOf(properties)).toBe(Object.prototype);
});

test('nothing hidden gets into what a model reads', async () => {
  const hidden = 'Lists pets.\u{E0041}\u{E0042}\u202E\u200B\u0000 Really.';
  const get = { summary: hidden, description: hidden.repeat(500), responses: OK };

  const { operations } = await describe({ paths: { '/s': { get } } });

  expect(operations[0]?.title).toBe('Lists pets. Really.');
  expect(operations[0]?.description.length).toBeLessThanOrEqual(1_000);
});

test('no text of the document ends the literal it stands in', async () => {
  const summary = "'; process.exit(1); //`${process.exit(1)}\u2028</script>";
  const { operations, ...api } = await describe({ paths: { '/s': { get: { summary, responses: OK } } } });

  const source = operationsSource('export const operations = [\n];\n', { operations, ...api });

  const value = new Function(`return ${source.slice(source.indexOf('= ') + 2)}`)();
  expect(value).toEqual(JSON.parse(JSON.stringify(operations)));
});

test.each([
  ['{"openapi": "3.1.0", ', /not JSON/],
  ['openapi: 3.1.0\n  paths: [', /not YAML, line \d/],
  ['[]', /does not hold an object/],
  ['{"swagger": "2.0"}', /Swagger 2.0/],
  ['{"openapi": "4.0.0"}', /OpenAPI 4.0.0/],
  ['{"openapi": "3.1.0"}', /no paths/],
  ['{"openapi": "3.1.0", "paths": {"/a": {}}}', /no operations/],
  ['{"openapi": "3.1.0", "paths": {"/a": {"$ref": "#/paths/~1a"}}}', /no operations/],
  ['{"openapi": "3.1.0", "paths": {"/a/{b}": {"get": {}}}}', /cannot be|can be a tool/],
  [
    `a: &a [x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(8)}]\nc: &c [${'*b,'.repeat(8)}]\nd: &d [${'*c,'.repeat(8)}]\ne: [${'*d,'.repeat(8)}]\n`,
    /not YAML/,
  ],
])('refuses %s', async (text, message) => {
  const read = async () => describeApi(await readApiDocument(text, 'api'), 'api');

  await expect(read()).rejects.toMatchObject({
    code: 'OPENAPI_INVALID',
    message: expect.stringMatching(message),
  });
});

test('a document of a thousand operations is read, and an unknown one is named with its neighbour', async () => {
  const paths = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [
      `/p${index}`,
      { get: { operationId: `getThing${index}`, responses: OK } },
    ]),
  );
  const api = await describe({ paths });

  expect(chooseOperations(api, ['get_thing7', 'GET /p8', 'getThing7']).map(({ path }) => path)).toEqual([
    '/p7',
    '/p8',
  ]);
  expect(() => chooseOperations(api, ['get_thin7'])).toThrow(
    expect.objectContaining({
      code: 'OPENAPI_OPERATION_UNKNOWN',
      hint: expect.stringContaining('get_thing7'),
    }),
  );
});
