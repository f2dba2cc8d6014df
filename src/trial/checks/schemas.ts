import { isRecord, type JsonObject } from '../../core/json.ts';
import { checkSchema, schemaProblems } from '../../mcp/schema.ts';
import { properties } from '../../mcp/tool-arguments.ts';
import type { Check, Problem } from '../check.ts';
import { nameOf } from '../definitions.ts';
import { contentProblem } from '../result-content.ts';
import type { SampleCall } from '../samples.ts';

const inputSchemaObject: Check = {
  id: 'input-schema-object',
  eras: 'first',
  async examine(scene) {
    return (await scene.definitions()).tools.flatMap((tool) => {
      const subject = nameOf(tool);
      if (!isRecord(tool.inputSchema)) return [{ subject, message: 'it has no inputSchema' }];
      const { type } = tool.inputSchema;
      if (type === 'object') return [];
      return [{ subject, message: `inputSchema is of type ${JSON.stringify(type) ?? 'none'}` }];
    });
  },
};

const schemasValid: Check = {
  id: 'schemas-valid',
  eras: 'first',
  async examine(scene) {
    const problems: Problem[] = [];
    for (const tool of (await scene.definitions()).tools) {
      for (const key of ['inputSchema', 'outputSchema']) {
        const schema = tool[key];
        if (!isRecord(schema)) continue;
        const wrong = await schemaProblems(schema as JsonObject);
        const [first] = wrong;
        if (first !== undefined) problems.push({ subject: nameOf(tool), message: `${key}: ${first}` });
      }
    }
    return problems;
  },
};

/** At the top of the input schema, the interfaces of some vendors refuse these. */
const NOT_AT_THE_TOP = ['anyOf', 'oneOf', 'allOf', 'enum', 'not'];

const schemasPortable: Check = {
  id: 'schemas-portable',
  eras: 'first',
  async examine(scene) {
    return (await scene.definitions()).tools.flatMap((tool) => {
      const subject = nameOf(tool);
      const schema = isRecord(tool.inputSchema) ? (tool.inputSchema as JsonObject) : {};
      const top = NOT_AT_THE_TOP.filter((key) => key in schema);
      const foreign = [...referencesIn(tool.inputSchema), ...referencesIn(tool.outputSchema)].filter(
        (reference) => !reference.startsWith('#'),
      );
      return [
        ...(top.length > 0 ? [{ subject, message: `inputSchema has ${top.join(', ')} at its top` }] : []),
        ...foreign.slice(0, 1).map((reference) => ({
          subject,
          severity: 'error' as const,
          message: `a schema refers to ${reference}, which nobody may fetch`,
        })),
      ];
    });
  },
};

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    key === '$ref' && typeof item === 'string' ? [item] : referencesIn(item),
  );
}

const requiredKnown: Check = {
  id: 'required-known',
  eras: 'first',
  async examine(scene) {
    return (await scene.definitions()).tools.flatMap((tool) => {
      const schema = isRecord(tool.inputSchema) ? (tool.inputSchema as JsonObject) : {};
      const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
      const known = properties(schema);
      const unknown = required.filter((name) => !Object.hasOwn(known, name));
      return unknown.length === 0
        ? []
        : [{ subject: nameOf(tool), message: `requires ${unknown.join(', ')}, which no property describes` }];
    });
  },
};

const resultsValid: Check = {
  id: 'results-valid',
  eras: 'first',
  async examine(scene) {
    const samples = await scene.samples();
    if (samples.length === 0) return { skipped: 'no tool was called' };
    return samples.flatMap(({ tool, answer, isWorking }): Problem[] => {
      if (answer.kind === 'none' && answer.why === 'silence' && isWorking) return [];
      if (answer.kind === 'none') {
        // Some tools take their time; a program that ended did something wrong.
        const severity = answer.why === 'silence' ? ('warning' as const) : ('error' as const);
        return [
          { subject: nameOf(tool), severity, message: `called with sample arguments it ${answer.reason}` },
        ];
      }
      const message = answer.kind === 'result' ? resultProblem(answer.result) : undefined;
      return message === undefined ? [] : [{ subject: nameOf(tool), message }];
    });
  },
};

function resultProblem({ content, isError, resultType }: JsonObject): string | undefined {
  // Questions and tasks have no content.
  if (resultType !== undefined && resultType !== 'complete') return undefined;
  if (!Array.isArray(content)) return 'the result has no list of content';
  if (isError !== undefined && typeof isError !== 'boolean') return 'isError is neither true nor false';
  for (const [index, item] of content.entries()) {
    const problem = contentProblem(item, `content[${index}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const outputConforms: Check = {
  id: 'output-conforms',
  eras: 'first',
  async examine(scene) {
    const samples = (await scene.samples()).filter(({ tool }) => isRecord(tool.outputSchema));
    if (samples.length === 0) return { skipped: 'no tool with an output schema was called' };
    const problems: Problem[] = [];
    for (const sample of samples) {
      const message = await misfit(sample);
      if (message !== undefined) problems.push({ subject: nameOf(sample.tool), message });
    }
    return problems;
  },
};

async function misfit({ tool, answer }: SampleCall): Promise<string | undefined> {
  if (answer.kind !== 'result' || answer.result.isError === true) return undefined;
  const { resultType, structuredContent } = answer.result;
  if (resultType !== undefined && resultType !== 'complete') return undefined;
  if (structuredContent === undefined) return 'it has an outputSchema and answers without structuredContent';
  const { problems } = await checkSchema(tool.outputSchema as JsonObject, structuredContent);
  const [first] = problems;
  return first && `structuredContent${first.path === '' ? '' : `.${first.path}`} ${first.message}`;
}

export const SCHEMA_CHECKS: readonly Check[] = [
  inputSchemaObject,
  schemasValid,
  schemasPortable,
  requiredKnown,
  resultsValid,
  outputConforms,
];
