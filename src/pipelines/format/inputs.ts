import type { Json, JsonObject } from '../../core/json.ts';
import { checkArguments, readArguments } from '../../mcp/tool-arguments.ts';
import type { Tool } from '../../mcp/tools.ts';
import { inputSchemaOf } from './check-steps.ts';
import type { Pipeline } from './pipeline.ts';

/** A pipeline as a tool: its name, what it is for, and the schema of its inputs. */
export function toolOfPipeline({ name, description, inputs }: Pipeline): Tool {
  const required = Object.entries(inputs).flatMap(([key, input]) => (isRequired(input) ? [key] : []));
  return {
    name,
    ...(description !== undefined && { description }),
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(
        Object.entries(inputs).map(([key, input]) => [key, inputSchemaOf(input)]),
      ),
      ...(required.length > 0 && { required }),
      additionalProperties: false,
    },
  };
}

/**
 * The inputs of a run: `key=value` and `key:=json` over those given as an object, and the defaults.
 * @throws CALL_ARGUMENTS naming every input that is missing, unknown or of the wrong kind.
 */
export async function readInputs(
  pipeline: Pipeline,
  words: readonly string[],
  given: JsonObject,
): Promise<JsonObject> {
  const tool = toolOfPipeline(pipeline);
  const values = readArguments(words, tool, given);
  for (const [key, input] of Object.entries(pipeline.inputs)) {
    if (values[key] === undefined && input.default !== undefined) values[key] = input.default as Json;
  }
  await checkArguments(tool, values);
  // What was left out is null, so that expressions can ask for it.
  const optional = Object.keys(pipeline.inputs).filter((key) => values[key] === undefined);
  return { ...values, ...Object.fromEntries(optional.map((key) => [key, null])) };
}

/** Whether a run cannot do without it. */
export function isRequired(input: Pipeline['inputs'][string]): boolean {
  return input.required ?? input.default === undefined;
}
