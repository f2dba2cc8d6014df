import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { checkSchema, type SchemaProblem } from '../../mcp/schema.ts';
import type { ValueType } from '../expressions/functions.ts';
import { hasExpression } from '../expressions/template.ts';
import type { Pipeline } from '../format/pipeline.ts';
import { typeOfText } from './value-type.ts';

/** An argument whose value only the run knows. */
interface Placeholder {
  readonly at: readonly string[];
  /** Undefined when not even its type is known. */
  readonly type: ValueType | undefined;
}

const SAMPLES: Readonly<Record<ValueType, Json>> = {
  array: [],
  boolean: true,
  null: null,
  number: 1,
  object: {},
  string: 'text',
};

/**
 * Judges arguments with expressions in them against a tool's schema: what is written out is judged as it is, an
 * expression by its type where that is known. What only a run can tell is no problem.
 */
export async function checkGivenArguments(
  given: JsonObject,
  schema: JsonObject,
  pipeline: Pick<Pipeline, 'inputs'>,
): Promise<readonly SchemaProblem[]> {
  const placeholders: Placeholder[] = [];
  const sample = sampleOf(given, [], pipeline, placeholders);
  const { problems } = await checkSchema(schema, sample);
  const choices = problems.filter(({ keyword }) => CHOICES.has(keyword));
  return problems.filter((problem) => isCertain(problem, placeholders, choices));
}

function sampleOf(
  value: Json,
  at: readonly string[],
  pipeline: Pick<Pipeline, 'inputs'>,
  placeholders: Placeholder[],
): Json {
  const inner = (part: Json, key: string): Json => sampleOf(part, [...at, key], pipeline, placeholders);
  if (Array.isArray(value)) return value.map((item, index) => inner(item, String(index)));
  if (isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, inner(member as Json, key)]),
    );
  }
  if (typeof value !== 'string' || !hasExpression(value)) return value;
  const type = typeOfText(value, pipeline);
  placeholders.push({ at, type });
  return SAMPLES[type ?? 'string'];
}

const CHOICES = new Set(['anyOf', 'oneOf', 'if', 'not']);
/** What is missing or not known is so by its name, whatever its value. */
const BY_NAME = new Set(['required', 'additionalProperties', 'unevaluatedProperties']);

/** Whether a problem is one whatever the run finds. */
function isCertain(
  { at, keyword }: SchemaProblem,
  placeholders: readonly Placeholder[],
  choices: readonly SchemaProblem[],
): boolean {
  // Which of several shapes is meant may depend on what is not known yet.
  const isOpen = choices.some(
    (choice) =>
      begins(at, choice.at) && placeholders.some((placeholder) => begins(placeholder.at, choice.at)),
  );
  if (isOpen) return false;
  return placeholders.every((placeholder) => {
    if (begins(at, placeholder.at) && at.length === placeholder.at.length) {
      return BY_NAME.has(keyword) || (placeholder.type !== undefined && keyword === 'type');
    }
    if (begins(at, placeholder.at)) return false;
    return !begins(placeholder.at, at) || BY_NAME.has(keyword) || keyword === 'type';
  });
}

function begins(path: readonly string[], start: readonly string[]): boolean {
  return start.every((part, index) => path[index] === part);
}
