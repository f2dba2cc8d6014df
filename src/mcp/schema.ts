import type { ErrorObject, ValidateFunction } from 'ajv';
import { messageOf } from '../core/errors.ts';
import { createInterrupter } from '../core/interrupted.ts';
import type { JsonObject } from '../core/json.ts';

export interface SchemaProblem {
  /** Where in the value, e.g. `filters[0].name`; empty for the value itself. */
  readonly path: string;
  /** What is expected there. */
  readonly message: string;
  /** The same place as `path`, member by member. */
  readonly at: readonly string[];
  /** Of the schema, e.g. `type` or `required`. */
  readonly keyword: string;
}

/**
 * Checks a value against a JSON Schema: 2020-12 unless it names draft-07. Nothing is fetched. A schema that cannot be
 * used refuses nothing, and says so in `unusable`.
 */
export async function checkSchema(
  schema: JsonObject,
  value: unknown,
): Promise<{ readonly problems: readonly SchemaProblem[]; readonly unusable?: string }> {
  let validate: ValidateFunction;
  try {
    validate = await compile(schema);
  } catch (error) {
    return { problems: [], unusable: error instanceof Error ? error.message : String(error) };
  }
  return { problems: validate(value) ? [] : problemsOf(validate) };
}

/** What can take time without end, by a schema alone. Of all others the time is bounded by schema and value. */
const COSTLY =
  /"(?:pattern|patternProperties|propertyNames|uniqueItems|format|\$ref|\$dynamicRef|\$recursiveRef)"/;
const COMPILE_MS = 1000;
const CHECK_MS = 100;

/**
 * As `checkSchema`, for schemas and values of others in a process that serves many: each schema is compiled once, as
 * long as it is kept elsewhere, and what takes too long is not checked at all.
 */
export function createSchemaCheck(): (
  schema: JsonObject,
  value: unknown,
) => Promise<readonly SchemaProblem[]> {
  const interrupter = createInterrupter();
  const compiled = new WeakMap<JsonObject, Promise<Compiled | undefined>>();
  const prepare = async (schema: JsonObject): Promise<Compiled | undefined> => {
    const ajv = await validator(schema);
    const { $schema, ...rest } = schema;
    void $schema;
    try {
      const validate = interrupter.run(() => ajv.compile(rest), COMPILE_MS);
      return { validate, isCostly: COSTLY.test(JSON.stringify(rest)) };
    } catch {
      return undefined;
    }
  };
  return async (schema, value) => {
    const preparing = compiled.get(schema) ?? prepare(schema);
    compiled.set(schema, preparing);
    const known = await preparing;
    if (!known) return [];
    const { validate, isCostly } = known;
    const check = (): boolean => validate(value) === true;
    try {
      if (isCostly ? interrupter.run(check, CHECK_MS) : check()) return [];
    } catch {
      return [];
    }
    return problemsOf(validate);
  };
}

interface Compiled {
  readonly validate: ValidateFunction;
  readonly isCostly: boolean;
}

function problemsOf({ errors }: ValidateFunction): readonly SchemaProblem[] {
  const problems = (errors ?? []).filter(({ keyword }) => keyword !== 'if').map(describe);
  return problems.filter(({ path, message }, at) => at === firstLike(problems, path, message));
}

/** What is wrong with a schema itself; references to other documents are left to others. */
export async function schemaProblems(schema: JsonObject): Promise<readonly string[]> {
  const ajv = await validator(schema);
  const { $schema, ...rest } = schema;
  void $schema;
  if (!ajv.validateSchema(rest)) {
    return (ajv.errors ?? []).map(({ instancePath, message = 'is wrong' }) => {
      const path = partsOf(instancePath).reduce(join, '');
      return path === '' ? message : `${path} ${message}`;
    });
  }
  try {
    ajv.compile(rest);
    return [];
  } catch (error) {
    const text = messageOf(error);
    const [, missing] = /can't resolve reference (\S+)/.exec(text) ?? [];
    return missing !== undefined && !missing.startsWith('#') ? [] : [text];
  }
}

async function validator(schema: JsonObject) {
  const isDraft07 = typeof schema.$schema === 'string' && schema.$schema.includes('draft-07');
  const [{ default: library }, { default: formats }] = await Promise.all([
    isDraft07 ? import('ajv') : import('ajv/dist/2020.js'),
    import('ajv-formats'),
  ]);
  const options = { strict: false, allErrors: true, validateFormats: true, logger: false } as const;
  const ajv = new library.default(options);
  formats.default(ajv);
  return ajv;
}

async function compile(schema: JsonObject): Promise<ValidateFunction> {
  const ajv = await validator(schema);
  // The name of a meta schema is no reason to look for it anywhere.
  const { $schema, ...rest } = schema;
  void $schema;
  return ajv.compile(rest);
}

function firstLike(problems: readonly SchemaProblem[], path: string, message: string): number {
  return problems.findIndex((problem) => problem.path === path && problem.message === message);
}

function describe({ instancePath, keyword, params, message = 'is wrong' }: ErrorObject): SchemaProblem {
  const at = partsOf(instancePath);
  const parameters = params as Record<string, unknown>;
  const problem = (text: string, ...more: string[]): SchemaProblem => {
    const place = [...at, ...more];
    return { path: place.reduce(join, ''), message: text, at: place, keyword };
  };
  switch (keyword) {
    case 'required':
      return problem('is missing', String(parameters.missingProperty));
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return problem('is not known', String(parameters.additionalProperty ?? parameters.unevaluatedProperty));
    case 'enum':
      return problem(`must be one of ${JSON.stringify(parameters.allowedValues)}`);
    case 'const':
      return problem(`must be ${JSON.stringify(parameters.allowedValue)}`);
    default:
      return problem(message);
  }
}

/** `/filters/0/a~1b` → `filters`, `0`, `a/b`. */
function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function join(path: string, key: string): string {
  if (/^\d+$/.test(key)) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}
