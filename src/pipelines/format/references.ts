import type { Expression } from '../expressions/syntax.ts';
import type { Embedded } from '../expressions/template.ts';
import { hasExpression, parseCondition, parseTemplate } from '../expressions/template.ts';
import type { StepFile } from './schema.ts';
import { type Site, sitesOfStep } from './sites.ts';

/** Where an expression begins to read: a name, and the member of it where that is written out. */
export interface Reference {
  readonly root: string;
  readonly rootAt: number;
  /** Of the member, or of the name where there is none. */
  readonly at: number;
  /** Absent for the name alone, and for what only a run can tell. */
  readonly member?: string;
  /** The member of that member. */
  readonly inner?: string;
  readonly innerAt?: number;
}

/** What an expression reads. */
export function referencesIn(expression: Expression): Reference[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'name':
      return [{ root: expression.name, rootAt: expression.at, at: expression.at }];
    case 'list':
      return expression.items.flatMap(referencesIn);
    case 'call':
      return expression.given.flatMap(referencesIn);
    case 'not':
      return referencesIn(expression.of);
    case 'and':
    case 'or':
    case 'compare':
      return [...referencesIn(expression.left), ...referencesIn(expression.right)];
    case 'member':
    case 'index':
      return [
        ...pathReference(expression),
        ...(expression.kind === 'index' ? referencesIn(expression.index) : []),
      ];
  }
}

/** A path is one reference; what it begins with may be anything, such as a function's result. */
function pathReference(expression: Expression & { kind: 'member' | 'index' }): Reference[] {
  const { of, at } = expression;
  const member = memberOf(expression);
  if (of.kind === 'name')
    return [{ root: of.name, rootAt: of.at, at, ...(member !== undefined && { member }) }];
  if ((of.kind === 'member' || of.kind === 'index') && of.of.kind === 'name') {
    const outer = memberOf(of);
    const { name } = of.of;
    return [
      {
        root: name,
        rootAt: of.of.at,
        at: of.at,
        ...(outer !== undefined && { member: outer }),
        ...(member !== undefined && { inner: member, innerAt: at }),
      },
      ...(of.kind === 'index' ? referencesIn(of.index) : []),
    ];
  }
  return referencesIn(of);
}

function memberOf(expression: Expression & { kind: 'member' | 'index' }): string | undefined {
  if (expression.kind === 'member') return expression.name;
  const { index } = expression;
  return index.kind === 'literal' && typeof index.value === 'string' ? index.value : undefined;
}

/** The expressions of a text. @throws TemplateFault */
export function expressionsOf({ text, isExpression }: Pick<Site, 'text' | 'isExpression'>): Embedded[] {
  if (isExpression) return [parseCondition(text)];
  if (!hasExpression(text)) return [];
  return parseTemplate(text).parts.filter((part) => typeof part !== 'string');
}

/** The steps a step waits for because it reads them. Only for files without faults. */
export function stepsReadBy(step: StepFile): string[] {
  const found = sitesOfStep(step, 0)
    .filter((site) => site.step?.isCompensation === false)
    .flatMap(expressionsOf)
    .flatMap(({ expression }) => referencesIn(expression))
    .flatMap(({ root, member }) => (root === 'steps' && member !== undefined ? [member] : []));
  return [...new Set(found)];
}
