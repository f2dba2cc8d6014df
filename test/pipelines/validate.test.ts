import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkSchema } from '../../src/mcp/schema.ts';
import { readInputs } from '../../src/pipelines/format/inputs.ts';
import { pipelineJsonSchema } from '../../src/pipelines/format/json-schema.ts';
import { judgePipeline, readPipeline } from '../../src/pipelines/format/read-pipeline.ts';

const TEMPLATES = fileURLToPath(new URL('../../templates/pipelines', import.meta.url));

/** `line:column CODE message` of each problem. */
async function problemsOf(text: string, path = '/p/mine.yaml'): Promise<string[]> {
  const { problems } = await judgePipeline(path, text);
  return problems.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}

const step = (more: string): string => `steps:\n  - id: a\n    call: s.t\n${more}`;

test.each<[string, string, string]>([
  ['a key nobody knows', 'stps: []', '1:1 PIPELINE_KEY_UNKNOWN a pipeline has no stps'],
  ['a step without a call', 'steps:\n  - id: a', '2:5 PIPELINE_SHAPE step a: call is missing'],
  [
    'a call that is none',
    'steps:\n  - id: a\n    call: github',
    '3:11 PIPELINE_SHAPE step a: call must be server.tool',
  ],
  ['a misspelt key of a step', step('    wiht: {}'), '4:5 PIPELINE_KEY_UNKNOWN step a has no wiht'],
  [
    'a duration that is none',
    step('    timeout: soon'),
    '4:14 PIPELINE_SHAPE step a: timeout must be a duration',
  ],
  [
    'a fallback without onError',
    step('    fallback: { value: 1 }'),
    'step a: onError must be fallback where the step has one',
  ],
  ['a step twice', step('  - id: a\n    call: s.t'), '4:9 STEP_DUPLICATE there are two steps a'],
  ['a need of nobody', step('    needs: [b]'), '4:13 STEP_UNKNOWN there is no step b'],
  ['a need of itself', step('    needs: [a]'), '4:13 STEP_UNKNOWN step a needs itself'],
  [
    'an input nobody has',
    step('    with: { x: "${{ inputs.nobody }}" }'),
    '4:28 EXPRESSION_INVALID the pipeline has no input nobody',
  ],
  [
    'a step nobody has',
    step('    with:\n      x: hello ${{ steps.b.output }}'),
    '5:26 EXPRESSION_INVALID there is no step b',
  ],
  [
    'a later step',
    step('    with:\n      x: ${{ steps.b.output }}\n  - id: b\n    call: s.t'),
    '5:20 EXPRESSION_INVALID step a reads the later step b',
  ],
  ['itself', step('    if: steps.a.status'), 'step a reads itself'],
  [
    'all steps',
    step('  - id: b\n    call: s.t\n    with: { x: "${{ json(steps) }}" }'),
    'steps is read by the name of a step',
  ],
  [
    'a step by a name only the run knows',
    step('  - id: b\n    call: s.t\n    with: { x: "${{ steps[inputs.x].output }}" }'),
    'steps is read by the name of a step',
  ],
  [
    'a member no step has',
    step('  - id: b\n    call: s.t\n    if: steps.a.result'),
    '6:17 EXPRESSION_INVALID a step has no result',
  ],
  [
    'an item without a loop',
    step('    with: { x: "${{ item }}" }'),
    'item is there in the calls of a step with forEach only',
  ],
  [
    'an unknown function',
    step('    if: lower(inputs.x)'),
    '4:9 EXPRESSION_INVALID there is no function lower',
  ],
  ['a broken expression', step('    with: { x: "${{ inputs. }}" }'), 'a name was expected behind the dot'],
  [
    'an expression that is not closed',
    step('    with: { x: "${{ inputs.x" }'),
    'the expression is not closed with }}',
  ],
  ['a name that is none', step('    if: env.HOME'), '4:9 EXPRESSION_INVALID there is no env'],
  [
    'a cycle',
    step('    needs: [b]\n  - id: b\n    call: s.t\n    needs: [a]'),
    'STEP_CYCLE steps wait for each other: a → b → a',
  ],
  ['a secret', step('    with: { token: ghp_8sK2nQ4vT6xZ0bD3fH5jL7pR9wY1aC2eG4iM }'), 'SECRET_LITERAL'],
  ['a reference of a manifest', step('    with: { token: "${GITHUB_TOKEN}" }'), 'REFERENCE_NOT_RESOLVED'],
  [
    'a default of another type',
    'inputs:\n  n: { type: integer, default: x }\nsteps: [{ id: a, call: s.t }]',
    '2:32 INPUT_INVALID the default of n must be integer',
  ],
  [
    'more steps than calls',
    'limits: { steps: 1 }\nsteps: [{ id: a, call: s.t }, { id: b, call: s.t }]',
    'STEPS_TOO_MANY',
  ],
  ['onError without a fallback', step('    onError: fallback'), 'step a: fallback must say what stands in'],
  [
    'needs that are no list',
    step('    needs: b'),
    '4:12 PIPELINE_SHAPE step a: needs must be a list, not a text',
  ],
  [
    'a number of retries',
    step('    retry: 3'),
    '4:12 PIPELINE_SHAPE step a: retry must be a mapping, not the number 3',
  ],
  [
    'another onError',
    step('    onError: ignore'),
    'onError must be abort, continue or fallback, not "ignore"',
  ],
  ['no step in the list', 'steps: []', '1:8 PIPELINE_SHAPE steps is empty'],
  ['steps by name', 'steps:\n  a: { call: s.t }', '2:3 PIPELINE_SHAPE steps must be a list, not a mapping'],
  [
    'a name of its tool that is none',
    `publish: { nmae: x }\n${step('')}`,
    '1:12 PIPELINE_KEY_UNKNOWN publish has no nmae',
  ],
  [
    'publish as a text',
    `publish: maybe\n${step('')}`,
    '1:10 PIPELINE_SHAPE publish cannot be a text like this',
  ],
  [
    'a misspelt list of steps',
    'step: []',
    '1:1 PIPELINE_KEY_UNKNOWN a pipeline has no step\n1:1 PIPELINE_SHAPE steps is missing',
  ],
  ['no YAML', 'steps: [', 'SYNTAX'],
  ['no steps', 'name: x', '1:1 PIPELINE_SHAPE steps is missing'],
  ['__proto__', step('    with: { __proto__: 1 }'), 'UNSAFE_KEY'],
])('refuses %s, with its place', async (_, text, expected) => {
  expect((await problemsOf(text)).join('\n')).toContain(expected);
});

test('finds an expression on a later line of a block', async () => {
  const text = step('    with:\n      x: |\n        first\n        then ${{ steps.nobody.output }}');

  expect(await problemsOf(text)).toEqual(['7:24 EXPRESSION_INVALID there is no step nobody']);
});

test('a file of JSON is judged as one of YAML is', async () => {
  const text = '{\n  "steps": [\n    { "id": "a", "call": "s.t", "if": "inputs.x" }\n  ]\n}';

  expect(await problemsOf(text, '/p/mine.json')).toEqual([
    '3:47 EXPRESSION_INVALID the pipeline has no input x',
  ]);
});

test('a step may read a later one that it needs', async () => {
  const text = step('    needs: [b]\n    with: { x: "${{ steps.b.output }}" }\n  - id: b\n    call: s.t');
  const { pipeline } = await judgePipeline('/p/My File.yaml', text);

  expect(pipeline?.name).toBe('my-file');
  expect(pipeline?.steps[0]).toMatchObject({ id: 'a', server: 's', tool: 't', after: ['b'] });
});

test('inputs are made what they are declared as, and defaults fill the rest', async () => {
  const text =
    'inputs:\n  n: { type: integer }\n  tags: { type: array, default: [x] }\n  note: { required: false }\nsteps: [{ id: a, call: s.t }]';
  const { pipeline } = await judgePipeline('/p/a.yaml', text);
  if (!pipeline) throw new Error('not valid');

  expect(await readInputs(pipeline, ['n=5'], {})).toEqual({ n: 5, tags: ['x'], note: null });
  await expect(readInputs(pipeline, [], {})).rejects.toMatchObject({
    code: 'CALL_ARGUMENTS',
    message: expect.stringContaining('n is missing'),
  });
  await expect(readInputs(pipeline, ['m=5'], {})).rejects.toMatchObject({ code: 'CALL_ARGUMENTS' });
});

test('every example that comes with mcpctl is valid, also for editors', async () => {
  const names = await readdir(TEMPLATES);
  expect(names.length).toBeGreaterThanOrEqual(5);
  for (const name of names) {
    const { problems, pipeline, document } = await readPipeline(join(TEMPLATES, name));
    expect({ name, problems }).toEqual({ name, problems: [] });
    expect(pipeline?.description).toBeDefined();
    expect(await checkSchema(pipelineJsonSchema() as never, document.value)).toEqual({ problems: [] });
  }
});
