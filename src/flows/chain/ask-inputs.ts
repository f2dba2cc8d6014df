import type { Context } from '../../cli/context.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { asKnown, McpctlError } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import { isRequired, readInputs } from '../../pipelines/format/inputs.ts';
import type { Pipeline } from '../../pipelines/format/pipeline.ts';
import type { Prompt } from '../../platform/prompt.ts';

/**
 * The inputs of a run; a person is asked for those that are missing.
 * @throws CALL_ARGUMENTS with the words that give what is missing.
 */
export async function inputsOf(
  pipeline: Pipeline,
  words: readonly string[],
  { given, context: { prompt } }: { readonly given: JsonObject; readonly context: Pick<Context, 'prompt'> },
): Promise<JsonObject> {
  const named = new Set(words.map((word) => word.slice(0, word.search(/:?=/))));
  const missing = Object.entries(pipeline.inputs).filter(
    ([key, input]) => isRequired(input) && given[key] === undefined && !named.has(key),
  );
  const asked: string[] = [];
  if (prompt.canAsk) for (const [key, input] of missing) asked.push(await askInput(key, input, prompt));
  try {
    return await readInputs(pipeline, [...words, ...asked], given);
  } catch (error) {
    const { code, message, hint, data } = asKnown(error);
    if (code !== 'CALL_ARGUMENTS' || missing.length === 0 || prompt.canAsk) throw error;
    const told = missing.map(([key]) => `-i ${key}=…`).join(' ');
    throw new McpctlError(code, message, {
      hint: [`Give what is missing: ${told}`, hint ?? []].flat().join('\n'),
      ...(data && { data }),
      cause: error,
    });
  }
}

async function askInput(key: string, input: Pipeline['inputs'][string], prompt: Prompt): Promise<string> {
  const message = input.description === undefined ? key : `${key} (${plainLine(input.description)})`;
  const flag = `-i ${key}=…`;
  if (input.enum) {
    const choices = input.enum.map((value) => ({
      value: JSON.stringify(value),
      name: plainLine(String(value)),
    }));
    return `${key}:=${await prompt.select({ message, flag, choices })}`;
  }
  if (input.type === 'boolean') return `${key}:=${await prompt.confirm({ message, flag, initial: false })}`;
  return `${key}=${await prompt.text({ message, flag })}`;
}
