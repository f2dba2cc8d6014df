import { expect, test } from 'vitest';
import { type Operation, requestOf } from '../src/api/operation.ts';
import { operations } from '../src/operations.ts';
import { sampleOf } from './sample.ts';

const toys: Operation = {
  name: 'list_toys',
  title: 'List toys',
  description: 'Lists toys.',
  method: 'PATCH',
  path: '/pets/{petId}/toys.{format}',
  parameters: [
    { argument: 'petId', name: 'petId', in: 'path', style: 'repeated' },
    { argument: 'format', name: 'format', in: 'path', style: 'repeated' },
    { argument: 'tags', name: 'tags', in: 'query', style: 'repeated' },
    { argument: 'ids', name: 'ids', in: 'query', style: 'comma' },
    { argument: 'where', name: 'where', in: 'query', style: 'deep' },
    { argument: 'trace', name: 'X-Trace', in: 'header', style: 'repeated' },
  ],
  hasBody: true,
  annotations: {},
  inputSchema: { type: 'object' },
  outputSchema: { type: 'object' },
};

test('arguments go where the API expects them', () => {
  const given = {
    petId: 7,
    format: 'json',
    tags: ['a', 'b'],
    ids: [1, 2],
    where: { color: 'red' },
    trace: 't1',
    body: { a: 1 },
  };

  expect(requestOf(toys, given)).toEqual({
    method: 'PATCH',
    path: ['pets', '7', 'toys.json'],
    query: { tags: ['a', 'b'], ids: '1,2', 'where[color]': 'red' },
    headers: { 'X-Trace': 't1' },
    body: { a: 1 },
  });
});

test('what would break a header or an address is refused', () => {
  expect(() => requestOf(toys, { petId: 1, format: 'x', trace: 'a\r\nHost: evil' })).toThrow(/X-Trace/);
  expect(() => requestOf(toys, { format: 'x' })).toThrow(/petId/);
});

test.each(operations.map((operation) => ({ name: operation.name, operation })))(
  '$name makes a complete request',
  ({ operation }) => {
    const { path } = requestOf(operation, sampleOf(operation.inputSchema) as Record<string, unknown>);

    expect(path.join('/')).not.toMatch(/[{}]/);
  },
);

test('names are unique', () => {
  const names = operations.map(({ name }) => name);

  expect(new Set(names).size).toBe(names.length);
});
