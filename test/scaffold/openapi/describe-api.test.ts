import { expect, test } from 'vitest';
import { describeApi } from '../../../src/scaffold/openapi/describe-api.ts';
import { readApiDocument } from '../../../src/scaffold/openapi/read-document.ts';

const OK = { '200': { description: 'ok' } };

async function describe(document: object, source = 'api.json') {
  const text = JSON.stringify({ openapi: '3.1.0', info: { title: 'Pets', version: '1' }, ...document });
  return describeApi(await readApiDocument(text, source), source);
}

/** The one operation of a document with one. */
async function single(operation: object, more: object = {}, path = '/pets') {
  const { operations } = await describe({
    ...more,
    paths: { [path]: { get: { responses: OK, ...operation } } },
  });
  return operations[0] ?? expect.fail('no operation');
}

const json = (schema: object) => ({ content: { 'application/json': { schema } } });

test('annotations follow the verb', async () => {
  const verbs = ['get', 'put', 'post', 'patch', 'delete'];
  const item = Object.fromEntries(verbs.map((verb) => [verb, { responses: OK }]));

  const { operations } = await describe({ paths: { '/pets': item } });

  const hints = Object.fromEntries(
    operations.map(({ method, annotations: { readOnlyHint, destructiveHint, idempotentHint } }) => [
      method,
      [readOnlyHint, destructiveHint, idempotentHint],
    ]),
  );
  expect(hints).toEqual({
    GET: [true, false, true],
    PUT: [false, true, true],
    POST: [false, true, false],
    PATCH: [false, true, false],
    DELETE: [false, true, true],
  });
});

test('names come from ids, or from verb and path, and clash no more', async () => {
  const { operations } = await describe({
    paths: {
      '/a': {
        get: { operationId: 'listHTTPItems', responses: OK },
        post: { operationId: 'list-http.items', responses: OK },
      },
      '/pets/{petId}/toys': {
        parameters: [{ in: 'path', name: 'petId', required: true, schema: {} }],
        get: { responses: OK },
      },
      '/b': { get: { operationId: '日本語', responses: OK } },
      '/c': { get: { operationId: 'x'.repeat(200), responses: OK } },
      '/d': { get: { operationId: 'x'.repeat(201), responses: OK } },
    },
  });

  const names = operations.map(({ name }) => name);
  expect(names.slice(0, 4)).toEqual([
    'list_http_items',
    'list_http_items_2',
    'get_pets_by_pet_id_toys',
    'get_b',
  ]);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9_]{1,48}$/);
});

test('parameters of the operation take the place of those of the path, and names that clash get numbers', async () => {
  const { operations } = await describe({
    paths: {
      '/pets/{id}': {
        parameters: [
          { in: 'path', name: 'id', required: true, schema: { type: 'integer' } },
          { in: 'query', name: 'page', schema: { type: 'integer' } },
        ],
        get: {
          responses: OK,
          parameters: [
            { in: 'query', name: 'page', description: 'Which page', schema: { type: 'string' } },
            { in: 'query', name: 'id', schema: { type: 'string' } },
            { in: 'query', name: 'filter[a]', style: 'deepObject', schema: { type: 'object' } },
            {
              in: 'query',
              name: 'ids',
              explode: false,
              schema: { type: 'array', items: { type: 'integer' } },
            },
            { in: 'header', name: 'Authorization', schema: { type: 'string' } },
            { in: 'cookie', name: 'session', schema: { type: 'string' } },
          ],
        },
      },
    },
  });

  expect(operations[0]?.parameters).toEqual([
    { argument: 'id', name: 'id', in: 'path', style: 'repeated' },
    { argument: 'page', name: 'page', in: 'query', style: 'repeated' },
    { argument: 'id_2', name: 'id', in: 'query', style: 'repeated' },
    { argument: 'filter_a_', name: 'filter[a]', in: 'query', style: 'deep' },
    { argument: 'ids', name: 'ids', in: 'query', style: 'comma' },
  ]);
  expect(operations[0]?.inputSchema).toMatchObject({
    properties: { id: { type: 'integer' }, page: { type: 'string', description: 'Which page' } },
    required: ['id'],
    additionalProperties: false,
  });
});

test('what 3.0 says otherwise is said as JSON Schema does', async () => {
  const schema = {
    type: 'object',
    properties: {
      age: { type: 'integer', minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false },
      name: { type: 'string', nullable: true, example: 'Rex', xml: { name: 'n' } },
      kind: { type: 'string', nullable: true, enum: ['cat', 'dog'] },
      photo: { type: 'string', format: 'byte' },
      owner: { nullable: true, allOf: [{ type: 'object' }] },
    },
  };

  const { outputSchema } = await single({ responses: { '200': json(schema) } }, { openapi: '3.0.3' });

  expect(outputSchema).toMatchObject({
    properties: {
      body: {
        properties: {
          age: { type: 'integer', exclusiveMinimum: 0, maximum: 9 },
          name: { type: ['string', 'null'] },
          kind: { type: ['string', 'null'], enum: ['cat', 'dog', null] },
          photo: { type: 'string' },
          owner: { anyOf: [{ allOf: [{ type: 'object' }] }, { type: 'null' }] },
        },
      },
    },
  });
  expect(JSON.stringify(outputSchema)).not.toMatch(/nullable|xml|byte|"exclusiveMaximum"/);
});

test('schemas that refer to each other and to themselves are kept once', async () => {
  const components = {
    schemas: {
      Pet: {
        type: 'object',
        properties: {
          parent: { $ref: '#/components/schemas/Pet' },
          owner: { $ref: '#/components/schemas/a~1b' },
        },
      },
      'a/b': {
        type: 'object',
        properties: { pets: { type: 'array', items: { $ref: '#/components/schemas/Pet' } } },
      },
    },
    responses: { Pets: json({ type: 'array', items: { $ref: '#/components/schemas/Pet' } }) },
  };

  const { outputSchema } = await single(
    { responses: { '200': { $ref: '#/components/responses/Pets' } } },
    { components },
  );

  expect(outputSchema.$defs).toEqual({
    Pet: { type: 'object', properties: { parent: { $ref: '#/$defs/Pet' }, owner: { $ref: '#/$defs/a_1b' } } },
    a_1b: { type: 'object', properties: { pets: { type: 'array', items: { $ref: '#/$defs/Pet' } } } },
  });
});

test.each([
  ['https://{region}.pets.example/v1/', 'https://eu.pets.example/v1'],
  ['/v2', 'https://docs.pets.example/v2'],
  ['ftp://pets.example', undefined],
  ['https://{unknown}/v1', undefined],
])('the server %s is reached at %s', async (url, expected) => {
  const variables = { region: { default: 'eu' } };
  const paths = { '/pets': { get: { responses: OK } } };

  expect(
    (await describe({ servers: [{ url, variables }], paths }, 'https://docs.pets.example/openapi.json')).url,
  ).toBe(expected);
});

test.each([
  [{ type: 'http', scheme: 'bearer' }, 'bearer'],
  [{ type: 'http', scheme: 'Basic' }, 'basic'],
  [{ type: 'apiKey', in: 'header', name: 'X-Api-Key' }, 'header:X-Api-Key'],
  [{ type: 'apiKey', in: 'query', name: 'key' }, 'query:key'],
  [{ type: 'apiKey', in: 'header', name: 'a\r\nb' }, undefined],
  [{ type: 'apiKey', in: 'cookie', name: 'session' }, undefined],
])('the security scheme %j means %s', async (scheme, expected) => {
  const paths = { '/pets': { get: { responses: OK } } };

  expect((await describe({ components: { securitySchemes: { scheme } }, paths })).auth).toBe(expected);
});
