import { plainLine } from '../../cli/terminal-text.ts';
import { isRecord, type Json, type JsonObject } from '../../core/json.ts';
import { properties } from '../../mcp/tool-arguments.ts';
import type { Prompt } from '../../platform/prompt.ts';

const FLAG = '--yes';

/** Asks a person what a server wants to know (`elicitation/create`), field by field. */
export async function elicit(params: JsonObject, server: string, prompt: Prompt): Promise<JsonObject> {
  const message = `${server} asks: ${plainLine(String(params.message ?? ''))}`;
  if (params.mode === 'url') {
    const isDone = await prompt.confirm({
      message: `${message}\n  Open ${plainLine(String(params.url))} yourself. Go on?`,
      flag: FLAG,
      initial: false,
    });
    return { action: isDone ? 'accept' : 'decline' };
  }
  const schema = isRecord(params.requestedSchema) ? (params.requestedSchema as JsonObject) : {};
  if (!(await prompt.confirm({ message: `${message} Answer it?`, flag: FLAG }))) return { action: 'decline' };
  const required = Array.isArray(schema.required) ? schema.required : [];
  const content: JsonObject = {};
  for (const [name, field] of Object.entries(properties(schema))) {
    const value = await askField(name, field, prompt);
    if (value !== '' || required.includes(name)) content[name] = value;
  }
  return { action: 'accept', content };
}

async function askField(name: string, field: JsonObject, prompt: Prompt): Promise<Json> {
  const message = plainLine(String(field.title ?? field.description ?? name));
  const choices = choicesOf(field);
  if (choices.length > 0) return await prompt.select({ message, flag: FLAG, choices });
  if (field.type === 'boolean') {
    return await prompt.confirm({ message, flag: FLAG, initial: field.default === true });
  }
  const initial = field.default === undefined ? '' : String(field.default);
  const text = await prompt.text({ message, flag: FLAG, initial });
  const isNumber = field.type === 'number' || field.type === 'integer';
  return isNumber && text !== '' ? Number(text) : text;
}

function choicesOf(field: JsonObject): { value: string; name: string }[] {
  if (Array.isArray(field.enum)) {
    return field.enum.map((value) => ({ value: String(value), name: plainLine(String(value)) }));
  }
  const options = Array.isArray(field.oneOf) ? (field.oneOf.filter(isRecord) as JsonObject[]) : [];
  return options.map((option) => ({
    value: String(option.const),
    name: plainLine(String(option.title ?? option.const)),
  }));
}
