import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { checkGivenArguments } from '../../src/pipelines/plan/check-arguments.ts';
import { drawGraph, mermaidGraph } from '../../src/pipelines/plan/graph.ts';

const drawn = (nodes: { id: string; after: string[] }[]): string[] =>
  drawGraph(nodes).map(({ drawing, node }) => `${drawing}${node ? ` ${node.id}` : ''}`);

test('draws steps that part and join again', () => {
  const nodes = [
    { id: 'pr', after: [] },
    { id: 'files', after: [] },
    { id: 'review', after: ['pr', 'files'] },
    { id: 'issue', after: ['pr', 'review'] },
  ];

  expect(drawn(nodes)).toEqual(['● pr', '├─╮', '│ │ ● files', '├─┼─╯', '● │ review', '├─╯', '● issue']);
});

test('a step stands below those it waits for, whatever the file says', () => {
  expect(
    drawn([
      { id: 'last', after: ['first'] },
      { id: 'first', after: [] },
    ]),
  ).toEqual(['● first', '● last']);
});

test('names in a graph for pages cannot become part of it', () => {
  const nodes = [
    { id: 'a', after: [] },
    { id: 'b"]', after: ['a'] },
  ];

  expect(
    mermaidGraph(
      nodes,
      ({ id }) => [id, '<script>'],
      ({ id }) => id === 'a',
    ),
  ).toBe(
    [
      'flowchart TD',
      '  s0["a<br/>#60;script#62;"]',
      '  s1["b#34;]<br/>#60;script#62;"]',
      '  s0 --> s1',
      '  classDef writes stroke-width:3px',
      '  class s0 writes',
    ].join('\n'),
  );
});

const inputs = { n: { type: 'integer' }, text: {}, maybe: { required: false } } as const;

async function flaws(schema: JsonObject, given: JsonObject): Promise<string[]> {
  const found = await checkGivenArguments(given, { type: 'object', ...schema }, { inputs });
  return found.map(({ path, message }) => `${path} ${message}`);
}

test.each<[string, JsonObject, JsonObject, string[]]>([
  [
    'a name that is not known',
    { properties: { title: {} }, additionalProperties: false },
    { titel: '${{ steps.a.output }}' },
    ['titel is not known'],
  ],
  ['what is missing', { required: ['title'] }, {}, ['title is missing']],
  ['a literal of another type', { properties: { n: { type: 'number' } } }, { n: 'x' }, ['n must be number']],
  [
    'an input of another type',
    { properties: { x: { type: 'string' } } },
    { x: '${{ inputs.n }}' },
    ['x must be string'],
  ],
  [
    'text where a number belongs',
    { properties: { x: { type: 'number' } } },
    { x: 'n ${{ inputs.n }}' },
    ['x must be number'],
  ],
  [
    'a function of another type',
    { properties: { x: { type: 'array' } } },
    { x: '${{ length(inputs.text) }}' },
    ['x must be array'],
  ],
])('finds %s before the run', async (_, schema, given, expected) => {
  expect(await flaws(schema, given)).toEqual(expected);
});

test.each<[string, JsonObject, JsonObject]>([
  ['what a step answers', { properties: { x: { type: 'number' } } }, { x: '${{ steps.a.output.n }}' }],
  ['a value of a list of values', { properties: { x: { enum: ['a', 'b'] } } }, { x: '${{ inputs.text }}' }],
  ['a pattern', { properties: { x: { type: 'string', pattern: '^A' } } }, { x: '${{ inputs.text }}' }],
  ['what may be null', { properties: { x: { type: 'number' } } }, { x: '${{ inputs.maybe }}' }],
  [
    'which of several shapes is meant',
    { properties: { x: { anyOf: [{ const: 'a' }, { type: 'number' }] } } },
    { x: '${{ inputs.text }}' },
  ],
  [
    'the kind of an object',
    {
      properties: {
        x: {
          oneOf: [
            { properties: { kind: { const: 'a' } }, required: ['y'] },
            { properties: { kind: { const: 'b' } } },
          ],
        },
      },
    },
    { x: { kind: '${{ inputs.text }}' } },
  ],
  [
    'members of what a step answers',
    { properties: { x: { type: 'object', required: ['y'] } } },
    { x: '${{ steps.a.output }}' },
  ],
])('leaves %s to the run', async (_, schema, given) => {
  expect(await flaws(schema, given)).toEqual([]);
});
