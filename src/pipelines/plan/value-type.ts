import type { ValueType } from '../expressions/functions.ts';
import { functionNamed } from '../expressions/functions.ts';
import type { Expression } from '../expressions/syntax.ts';
import { parseTemplate } from '../expressions/template.ts';
import type { Pipeline } from '../format/pipeline.ts';
import { referencesIn } from '../format/references.ts';

/** What a text with expressions will be; undefined when only a run can tell. */
export function typeOfText(text: string, pipeline: Pick<Pipeline, 'inputs'>): ValueType | undefined {
  const { parts, isWhole } = parseTemplate(text);
  const [only] = parts;
  if (!isWhole || only === undefined || typeof only === 'string') return 'string';
  return typeOf(only.expression, pipeline);
}

function typeOf(expression: Expression, pipeline: Pick<Pipeline, 'inputs'>): ValueType | undefined {
  switch (expression.kind) {
    case 'literal':
      return expression.value === null ? 'null' : (typeof expression.value as ValueType);
    case 'list':
      return 'array';
    case 'call':
      return functionNamed(expression.name)?.makes;
    case 'not':
    case 'compare':
      return 'boolean';
    case 'and':
    case 'or': {
      const left = typeOf(expression.left, pipeline);
      return left === typeOf(expression.right, pipeline) ? left : undefined;
    }
    case 'name':
      return expression.name === 'index' ? 'number' : undefined;
    case 'member':
    case 'index':
      return typeOfPath(expression, pipeline);
  }
}

function typeOfPath(expression: Expression, { inputs }: Pick<Pipeline, 'inputs'>): ValueType | undefined {
  const [reference] = referencesIn(expression);
  if (!reference) return undefined;
  const { root, member = '', inner } = reference;
  if (expression.kind === 'member' && expression.of.kind === 'name') {
    if (root === 'run') return 'string';
    if (root !== 'inputs' || !Object.hasOwn(inputs, member)) return undefined;
    const { type = 'string', required, default: fallback } = inputs[member] ?? {};
    // What may be left out may be null.
    if (required === false && fallback === undefined) return undefined;
    return type === 'integer' ? 'number' : type;
  }
  const isStatus = expression.kind === 'member' && inner === 'status' && root === 'steps';
  return isStatus && expression.name === 'status' && expression.of.kind === 'member' ? 'string' : undefined;
}
