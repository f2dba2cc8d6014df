import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { ExpressionFault } from './fault.ts';
import { functionNamed } from './functions.ts';
import { type Budget, newBudget, spend } from './measure.ts';
import { type Comparison, type Expression, refuseForbidden } from './syntax.ts';

/** What the names at the beginning of a path stand for: `inputs`, `steps`, `run`, and `item` and `index` in a loop. */
export type Scope = Readonly<JsonObject>;

/** The value of an expression. Nothing outside `scope` can be reached. @throws ExpressionFault */
export function evaluate(expression: Expression, scope: Scope, budget: Budget = newBudget()): Json {
  return valueFrom(expression, { scope, budget });
}

interface Run {
  readonly scope: Scope;
  readonly budget: Budget;
}

function valueFrom(expression: Expression, run: Run): Json {
  spend(run.budget, 1, expression.at);
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'list':
      return expression.items.map((item) => valueFrom(item, run));
    case 'name':
      return ownMember(run.scope as JsonObject, expression.name, expression);
    case 'member':
      return memberOf(expression, run);
    case 'index':
      return itemOf(expression, run);
    case 'call':
      return callOf(expression, run);
    case 'not':
      return !isTrue(valueFrom(expression.of, run));
    case 'and': {
      const left = valueFrom(expression.left, run);
      return isTrue(left) ? valueFrom(expression.right, run) : left;
    }
    case 'or': {
      const left = valueFrom(expression.left, run);
      return isTrue(left) ? left : valueFrom(expression.right, run);
    }
    case 'compare': {
      const left = valueFrom(expression.left, run);
      return compare(expression.operator, left, valueFrom(expression.right, run), expression.at);
    }
  }
}

/** Whether a value counts as true: all but null, false, 0 and the empty text. */
export function isTrue(value: Json): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

function memberOf(expression: Expression & { kind: 'member' }, run: Run): Json {
  const of = valueFrom(expression.of, run);
  const { name, at } = expression;
  const step = name === 'output' ? stepIn(expression.of) : undefined;
  if (step === undefined || !isRecord(of) || Object.hasOwn(of, 'output'))
    return ownMember(of, name, expression);
  if (of.status !== 'ok') throw new ExpressionFault('no-output', `step ${step} has no output`, at);
  throw new ExpressionFault('missing', `what step ${step} answered is not kept`, at);
}

function itemOf(expression: Expression & { kind: 'index' }, run: Run): Json {
  const of = valueFrom(expression.of, run);
  const index = valueFrom(expression.index, run);
  if (typeof index === 'string') return ownMember(of, index, expression);
  if (typeof index !== 'number' || !Array.isArray(of)) {
    throw new ExpressionFault('type', 'a list has numbers in brackets, an object texts', expression.at);
  }
  const item = Number.isSafeInteger(index) && index >= 0 ? of[index] : undefined;
  if (item !== undefined) return item;
  throw new ExpressionFault('missing', `the list has no item ${index}; it has ${of.length}`, expression.at);
}

function ownMember(value: Json, name: string, { kind, at }: Expression): Json {
  refuseForbidden(name, at);
  if (isRecord(value) && Object.hasOwn(value, name)) return value[name] as Json;
  if (kind === 'name') throw new ExpressionFault('missing', `there is no ${name} here`, at);
  const of = value === null ? 'null' : isRecord(value) ? 'the object' : `a ${typeof value}`;
  throw new ExpressionFault('missing', `${Array.isArray(value) ? 'the list' : of} has no member ${name}`, at);
}

/** The step whose record an expression stands for: `steps.a` or `steps['a']`. */
export function stepIn(expression: Expression): string | undefined {
  if (expression.kind !== 'member' && expression.kind !== 'index') return undefined;
  const { of } = expression;
  if (of.kind !== 'name' || of.name !== 'steps') return undefined;
  if (expression.kind === 'member') return expression.name;
  const { index } = expression;
  return index.kind === 'literal' && typeof index.value === 'string' ? index.value : undefined;
}

function callOf({ name, given, at }: Expression & { kind: 'call' }, run: Run): Json {
  const { budget } = run;
  // Known: the parser asked.
  const known = functionNamed(name);
  const [head, ...rest] = given;
  const values =
    name === 'default' && head
      ? [valueOrNull(head, run), ...rest.map((one) => valueFrom(one, run))]
      : given.map((one) => valueFrom(one, run));
  return known?.apply(values, { budget, at }) ?? null;
}

function valueOrNull(expression: Expression, run: Run): Json {
  try {
    return valueFrom(expression, run);
  } catch (error) {
    const isMissing = error instanceof ExpressionFault && ['missing', 'no-output'].includes(error.kind);
    if (!isMissing) throw error;
    return null;
  }
}

function compare(operator: Comparison, left: Json, right: Json, at: number): boolean {
  if (operator === 'in') {
    if (Array.isArray(right)) return right.includes(left);
    if (isRecord(right) && typeof left === 'string') return Object.hasOwn(right, left);
    throw new ExpressionFault('type', 'in looks for an item of a list or a member of an object', at);
  }
  if (operator === '==' || operator === '!=') {
    if (typeof left === 'object' && typeof right === 'object' && left !== null && right !== null) {
      throw new ExpressionFault('type', 'two lists or objects cannot be compared; compare their json()', at);
    }
    return (left === right) === (operator === '==');
  }
  if (typeof left === 'number' && typeof right === 'number') return ordered(operator, left - right);
  if (typeof left === 'string' && typeof right === 'string') {
    return ordered(operator, left < right ? -1 : left > right ? 1 : 0);
  }
  throw new ExpressionFault('type', `${operator} compares two numbers or two texts`, at);
}

function ordered(operator: '<' | '<=' | '>' | '>=', difference: number): boolean {
  if (operator === '<') return difference < 0;
  if (operator === '<=') return difference <= 0;
  return operator === '>' ? difference > 0 : difference >= 0;
}
