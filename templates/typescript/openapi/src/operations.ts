import type { Operation } from './api/operation.ts';

/** What the API offers here. Remove what nobody should call. */
export const operations: readonly Operation[] = [
  {
    name: 'list_pets',
    title: 'List pets',
    description: 'Lists pets.',
    method: 'GET',
    path: '/pets',
    parameters: [{ argument: 'limit', name: 'limit', in: 'query', style: 'repeated' }],
    hasBody: false,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    inputSchema: {
      type: 'object',
      properties: { limit: { type: 'integer', minimum: 1, description: 'Most pets of one answer' } },
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: {
        status: { type: 'integer' },
        body: { type: 'array', items: { $ref: '#/$defs/Pet' } },
      },
      required: ['status'],
      $defs: {
        Pet: {
          type: 'object',
          properties: { id: { type: 'integer' }, name: { type: 'string' } },
          required: ['id', 'name'],
        },
      },
    },
  },
];
