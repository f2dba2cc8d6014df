import { isRecord, type JsonObject } from '../../../core/json.ts';
import { splice, valueAt } from '../../../mcp/splice.ts';
import type { HubRequest } from '../questions.ts';
import { CALL_TOOL } from './definitions.ts';

/** What `call_tool` is asked for. */
export interface AskedCall {
  readonly name: string;
  readonly args: JsonObject;
  /** JSON text of the arguments, as they came. */
  readonly argsText: string;
}

/** Undefined, with the reason, when it says no tool or its arguments are no object. */
export function askedCall({ message, line }: HubRequest): AskedCall | { readonly problem: string } {
  const params = isRecord(message.params) ? message.params : {};
  const given = isRecord(params.arguments) ? params.arguments : {};
  const { name, arguments: args = {} } = given;
  if (typeof name !== 'string' || name === '') {
    return { problem: `${CALL_TOOL} takes {"name": "<tool>", "arguments": {…}}: the name is missing.` };
  }
  if (isRecord(args)) {
    const written = given.arguments === undefined ? undefined : valueAt(line, ARGUMENTS)?.toString('utf8');
    return { name, args: args as JsonObject, argsText: written ?? '{}' };
  }
  // Models put an object of no fixed shape into a string at times.
  const parsed = typeof args === 'string' ? objectIn(args) : undefined;
  if (parsed) return { name, args: parsed, argsText: JSON.stringify(parsed) };
  return {
    problem: `The arguments of ${name} must be an object, as in {"name": "${name}", "arguments": {…}}.`,
  };
}

const ARGUMENTS = ['params', 'arguments', 'arguments'];

/** The request as if the client had called the tool itself; all that is not its name and arguments stays. */
export function calledDirectly(
  request: HubRequest,
  shown: string,
  { args, argsText }: AskedCall,
): HubRequest {
  const { message, line } = request;
  const params = (isRecord(message.params) ? message.params : {}) as JsonObject;
  return {
    ...request,
    message: { ...message, params: { ...params, name: shown, arguments: args } },
    line: splice(line, [
      { path: ['params', 'name'], json: JSON.stringify(shown) },
      { path: ['params', 'arguments'], json: argsText },
    ]),
  };
}

function objectIn(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
