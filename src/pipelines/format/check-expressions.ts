import { closest } from '../../core/closest.ts';
import { type Embedded, TemplateFault } from '../expressions/template.ts';
import type { Findings } from './problems.ts';
import { expressionsOf, type Reference, referencesIn } from './references.ts';
import type { PipelineFile } from './schema.ts';
import { type Site, sitesOf } from './sites.ts';

/** What a run tells of itself. */
export const RUN_MEMBERS = ['id'];
const STEP_MEMBERS = ['output', 'status', 'error'];

/** Judges every expression of a file: its syntax, its functions, and whether what it reads is there by then. */
export function checkExpressions(file: PipelineFile, findings: Findings): void {
  const order = new Map(file.steps.map(({ id }, index) => [id, index]));
  const behind = reachableThrough(file);
  for (const site of sitesOf(file)) {
    let found: readonly Embedded[];
    try {
      found = expressionsOf(site);
    } catch (error) {
      if (!(error instanceof TemplateFault)) throw error;
      findings.inExpression(site, error, { message: error.message, hint: SYNTAX_HINT });
      continue;
    }
    for (const { expression, source } of found) {
      for (const reference of referencesIn(expression)) {
        const flaw = flawOf(reference, site, { file, order, behind });
        if (flaw) findings.inExpression(site, { source, at: flaw.at ?? reference.at }, flaw);
      }
    }
  }
}

const SYNTAX_HINT = "For example: ${{ steps.pr.output.title }}, or ${{ default(inputs.name, 'none') }}";

interface Known {
  readonly file: PipelineFile;
  /** Step → its place. */
  readonly order: ReadonlyMap<string, number>;
  /** Step → every step it needs, and those need. */
  readonly behind: ReadonlyMap<string, ReadonlySet<string>>;
}

interface Flaw {
  /** Where, when it is not the member that is read. */
  readonly at?: number | undefined;
  readonly message: string;
  readonly hint: string;
}

function flawOf(reference: Reference, site: Site, known: Known): Flaw | undefined {
  switch (reference.root) {
    case 'inputs':
      return memberFlaw(reference, Object.keys(known.file.inputs ?? {}), 'the pipeline has no input');
    case 'run':
      return memberFlaw(reference, RUN_MEMBERS, 'a run does not tell');
    case 'steps':
      return stepFlaw(reference, site, known);
    case 'item':
    case 'index':
      if (site.step?.isLoop) return undefined;
      return {
        at: reference.rootAt,
        message: `${reference.root} is there in the calls of a step with forEach only`,
        hint: 'Add forEach to the step, or read something else.',
      };
    default: {
      const roots = ['inputs', 'steps', 'run', ...(site.step?.isLoop ? ['item', 'index'] : [])];
      const [near] = closest(reference.root, roots);
      const hint = near ? `Did you mean: ${near}` : `There are: ${roots.join(', ')}. Texts stand in quotes.`;
      return { message: `there is no ${reference.root}`, hint, at: reference.rootAt };
    }
  }
}

function memberFlaw({ member }: Reference, names: readonly string[], what: string): Flaw | undefined {
  if (member === undefined || names.includes(member)) return undefined;
  const [near] = closest(member, names);
  const listed = names.length === 0 ? 'There are none.' : `There are: ${names.join(', ')}`;
  return { message: `${what} ${member}`, hint: near ? `Did you mean: ${near}` : listed };
}

function stepFlaw(
  { member, inner, innerAt }: Reference,
  site: Site,
  { order, behind }: Known,
): Flaw | undefined {
  if (member === undefined) {
    const message = 'steps is read by the name of a step: steps.<id>.output';
    return { message, hint: 'What a step waits for has to be known before the run.' };
  }
  const own = site.step;
  const place = order.get(member);
  if (place === undefined) {
    const [near] = closest(member, order.keys());
    const hint = near ? `Did you mean: ${near}` : `There are: ${[...order.keys()].join(', ')}`;
    return { message: `there is no step ${member}`, hint };
  }
  if (own && member === own.id && !own.isCompensation) {
    return {
      message: `step ${member} reads itself`,
      hint: 'Only what compensates a step may read its output.',
    };
  }
  if (own && member !== own.id && place > (order.get(own.id) ?? 0) && !behind.get(own.id)?.has(member)) {
    const hint = `Move step ${member} above ${own.id}, or add it to needs of ${own.id}.`;
    return { message: `step ${own.id} reads the later step ${member}`, hint };
  }
  if (inner !== undefined && !STEP_MEMBERS.includes(inner)) {
    const hint = `A step has: ${STEP_MEMBERS.join(', ')}. What it answered is in output.`;
    return { message: `a step has no ${inner}`, hint, at: innerAt };
  }
  return undefined;
}

function reachableThrough({ steps }: PipelineFile): ReadonlyMap<string, ReadonlySet<string>> {
  const needs = new Map(steps.map(({ id, needs: named = [] }) => [id, named]));
  return new Map(
    steps.map(({ id }) => {
      const found = new Set<string>();
      // Members added while it is walked are walked too.
      for (const start of needs.get(id) ?? []) found.add(start);
      for (const each of found) for (const next of needs.get(each) ?? []) found.add(next);
      return [id, found];
    }),
  );
}
