import type { Answers } from '../../src/scaffold/answers.ts';
import type { ApiDescription } from '../../src/scaffold/openapi/operation.ts';

/** An API of one operation, with what documents put into names and texts. */
export const SAMPLE_API: ApiDescription = {
  title: 'Pets',
  url: 'https://pets.example/v2',
  auth: 'header:X-Key',
  left: [],
  operations: [
    {
      name: 'list_pets',
      title: "List | `pets`'",
      description: 'Lists pets.\u2028Really.',
      method: 'GET',
      path: '/pets',
      parameters: [],
      hasBody: false,
      annotations: { readOnlyHint: true },
      inputSchema: { type: 'object' },
      outputSchema: { type: 'object' },
    },
  ],
};

export const SAMPLE_ANSWERS: Answers = {
  name: 'weather',
  title: 'The weather',
  description: 'Tells the weather',
  language: 'typescript',
  transport: 'stdio',
  wraps: 'nothing',
  access: 'none',
  licence: 'MIT',
  author: 'Ada Lovelace',
  namespace: 'io.github.ada',
  year: 2031,
};
