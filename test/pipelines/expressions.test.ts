import { expect, test } from 'vitest';
import type { Json } from '../../src/core/json.ts';
import { evaluate, type Scope } from '../../src/pipelines/expressions/evaluate.ts';
import { ExpressionFault } from '../../src/pipelines/expressions/fault.ts';
import { MOST_STEPS } from '../../src/pipelines/expressions/limits.ts';
import { newBudget } from '../../src/pipelines/expressions/measure.ts';
import { parseExpression } from '../../src/pipelines/expressions/syntax.ts';
import { renderValue } from '../../src/pipelines/expressions/template.ts';

const poisoned = 'Fix ${{ steps.pr.output.body }} {{x}} ${HOME}';
const SCOPE: Scope = {
  inputs: { n: 3, text: 'abc', none: null, list: ['a', 'b'], 'with-hyphen': 1 },
  run: { id: 'r1' },
  steps: {
    pr: {
      status: 'ok',
      output: { title: poisoned, items: [{ name: 'x' }], long: 'a'.repeat(300_000), deep: nested(60) },
    },
    many: { status: 'ok', output: Array.from({ length: 30_000 }, (_, index) => index) },
    lost: { status: 'skipped' },
  },
};

function nested(depth: number): Json {
  return depth === 0 ? 1 : [nested(depth - 1)];
}

const value = (source: string): Json => evaluate(parseExpression(source), SCOPE);

test.each<[string, Json]>([
  ['inputs.n', 3],
  ["inputs['with-hyphen']", 1],
  ['inputs.with-hyphen', 1],
  ['steps.pr.output.items[0].name', 'x'],
  ["steps['pr'].status", 'ok'],
  ["'it''s'", "it's"],
  ['"a\\n\\"b"', 'a\n"b'],
  ['-1.5e2', -150],
  ['inputs.n == 3 && inputs.text != "x"', true],
  ['!(inputs.n < 3) || false', true],
  ['!inputs.none == true', true],
  ["'a' in inputs.list", true],
  ["'n' in inputs", true],
  ["'zz' in inputs", false],
  ["'abc' <= inputs.text", true],
  ['inputs.none || "other"', 'other'],
  ["default(steps.lost.output.a, 'gone')", 'gone'],
  ["default(inputs.missing, 'gone')", 'gone'],
  ["default(inputs.none, 'gone')", 'gone'],
  ['default(inputs.n, 1)', 3],
  ["contains(inputs.text, 'bc')", true],
  ["contains(inputs.list, 'c')", false],
  ['first(inputs.list)', 'a'],
  ['first([])', null],
  ["format('{0} of {1}, {0}', inputs.n, inputs.list)", '3 of ["a","b"], 3'],
  ['fromJson(\'{"a": [1]}\').a[0]', 1],
  ["join(inputs.list, '-')", 'a-b'],
  ['json(inputs.list)', '["a","b"]'],
  ['keys(steps.pr.output)', ['title', 'items', 'long', 'deep']],
  ['length(inputs.text)', 3],
  ['toString(inputs.none)', ''],
  ['[1, inputs.n]', [1, 3]],
])('%s', (source, expected) => {
  expect(value(source)).toEqual(expected);
});

test('a text that is one expression keeps its type, others become text', () => {
  const given = {
    whole: '${{ inputs.list }}',
    part: 'n=${{ inputs.n }}, ${{ inputs.none }}${{ inputs.list }}',
    plain: 5,
    escaped: '$${{ inputs.n }} costs $5',
    braces: "${{ format('}}{0}', inputs.n) }}",
  };

  expect(renderValue(given, SCOPE)).toEqual({
    whole: ['a', 'b'],
    part: 'n=3, ["a","b"]',
    plain: 5,
    escaped: '${{ inputs.n }} costs $5',
    braces: '}}3',
  });
});

test('what a tool answered is data: expressions in it stay as they are', () => {
  expect(
    renderValue({ a: '${{ steps.pr.output.title }}', b: 'T: ${{ steps.pr.output.title }}' }, SCOPE),
  ).toEqual({
    a: poisoned,
    b: `T: ${poisoned}`,
  });
  expect(renderValue('${{ toString(steps.pr.output.title) }}', SCOPE)).toBe(poisoned);
});

/** Each has to be refused, soon: what expressions are asked for by somebody who means harm. */
const HOSTILE: readonly string[] = [
  '',
  ' ',
  'inputs.__proto__',
  "inputs['__proto__']",
  'inputs.constructor',
  "inputs['constructor']",
  'inputs.constructor.constructor',
  "inputs[join(['__pro', 'to__'], '')]",
  "inputs[format('{0}structor', 'con')]",
  'inputs.prototype',
  'inputs.toString',
  'inputs.hasOwnProperty',
  'inputs.text.length',
  'inputs.text.constructor',
  'inputs.list.constructor',
  'inputs.list.map',
  'inputs.list.__proto__',
  'inputs.list[0].constructor',
  "inputs.list['length']",
  'fromJson(\'{"__proto__": {"a": 1}}\').__proto__',
  'fromJson(\'{"__proto__": {"a": 1}}\').a',
  'toString.constructor',
  'json.constructor',
  'this',
  'globalThis',
  'process.env.HOME',
  'env.HOME',
  'secrets.TOKEN',
  'require("fs")',
  'import("fs")',
  'eval("1")',
  'Function("return 1")()',
  'inputs.list.map(x => x)',
  '(() => 1)()',
  'new Date()',
  'inputs = 1',
  'inputs.n = 1',
  'inputs.n++',
  'inputs.n + 1',
  '`${inputs}`',
  '${{ inputs.n }}',
  'inputs.n; inputs.n',
  'inputs..n',
  'inputs.',
  'inputs[',
  'inputs[0',
  'inputs.list[-1]',
  'inputs.list[1e308]',
  'inputs.list[0.5]',
  'inputs.list[99999999999999999999]',
  "'open",
  '"open',
  '"\\u12"',
  '/(a+)+$/',
  `matches('${'a'.repeat(30)}!', '(a+)+$')`,
  'a && ',
  '== 1',
  '1 == 1 == 1',
  '1 < "a"',
  'inputs.list < inputs.list',
  'inputs == steps',
  'contains(1, 2)',
  `contains(inputs.text, '${'a'.repeat(5000)}')`,
  'length(5)',
  'length()',
  'length(1, 2)',
  'join("a")',
  'join(inputs.list, 5)',
  'keys(inputs.list)',
  "fromJson('{')",
  "fromJson('[')",
  "format('{9}', 1)",
  'format(1)',
  `format(${Array.from({ length: 40 }, () => "'{0}'").join(', ')})`,
  'json(steps.pr.output.long)',
  'json(steps.many.output)',
  'join(steps.many.output)',
  'toString(steps.pr.output.deep)',
  "format('{0}{0}{0}', steps.pr.output.long)",
  'join([steps.pr.output.long, steps.pr.output.long])',
  'contains(steps.many.output, -1)',
  'fromJson(steps.pr.output.long)',
  '('.repeat(10_000),
  `${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
  '['.repeat(60_000),
  '!'.repeat(60_000),
  `${'!'.repeat(40)}true`,
  `inputs${'.a'.repeat(30_000)}`,
  `inputs${'[0]'.repeat(20_000)}`,
  Array.from({ length: 20_000 }, () => '1').join('&&'),
  Array.from({ length: 20_000 }, () => '1').join('||'),
  `[${Array.from({ length: 30_000 }, () => '1').join(',')}]`,
  `${'json('.repeat(10_000)}1${')'.repeat(10_000)}`,
  `default(${'default('.repeat(33)}1${', 1)'.repeat(33)}, 1)`,
  'x'.repeat(70_000),
  "'".repeat(65_535),
  `'${"''".repeat(32_000)}`,
  `"${'\\\\'.repeat(30_000)}`,
  ' '.repeat(65_536),
  `${'1'.repeat(64_000)}x y`,
  '\u0000',
  '\u202einputs.n',
  'inputs.n\u00a0== 3',
  '🙂',
];

test('hostile expressions end with an error within 10 ms each', () => {
  // Warm, as in a process that has read a pipeline: what is measured is the language, not its compiler.
  for (let round = 0; round < 2; round += 1) for (const source of HOSTILE) attempt(source);

  const found = HOSTILE.map((source) => {
    // The fastest of several: another process may take the core at any moment.
    const tries = Array.from({ length: 5 }, () => attempt(source));
    return {
      source: source.slice(0, 60),
      ms: Math.min(...tries.map(({ ms }) => ms)),
      steps: tries[0]?.steps ?? 0,
      failed: tries.every(({ error }) => error instanceof ExpressionFault),
    };
  });

  expect(HOSTILE.length).toBeGreaterThanOrEqual(60);
  expect(found.filter(({ failed }) => !failed)).toEqual([]);
  expect(found.filter(({ ms }) => ms > 10)).toEqual([]);
  // What does not depend on the machine: how much work each may take.
  expect(found.filter(({ steps }) => steps > MOST_STEPS + 1)).toEqual([]);
});

function attempt(source: string): { ms: number; steps: number; error: unknown } {
  const budget = newBudget();
  const before = performance.now();
  let error: unknown;
  try {
    evaluate(parseExpression(source), SCOPE, budget);
  } catch (thrown) {
    error = thrown;
  }
  return { ms: performance.now() - before, steps: MOST_STEPS - Math.max(0, budget.left), error };
}

test('says what is wrong and where', () => {
  const fault = (source: string): { message: string; at: number } => {
    try {
      value(source);
    } catch (error) {
      if (error instanceof ExpressionFault) return { message: error.message, at: error.at };
    }
    throw new Error('no fault');
  };

  expect(fault('inputs.n == lenght(inputs.list)')).toEqual({
    message: 'there is no function lenght; did you mean length?',
    at: 12,
  });
  expect(fault('steps.pr.output.titel')).toEqual({ message: 'the object has no member titel', at: 16 });
  expect(fault('steps.lost.output.a')).toEqual({ message: 'step lost has no output', at: 11 });
  expect(fault('inputs.n &&')).toEqual({ message: 'a value was expected, not the end', at: 11 });
});
