import { canonicalJson } from '../../core/canonical-json.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { ArgumentForm, FallbackTool } from '../../settings/call-settings.ts';

/** Arguments of another tool, or why there are none. `other`: the call does something the mapping is not about. */
export type Translation =
  | { readonly kind: 'arguments'; readonly args: JsonObject }
  | { readonly kind: 'unmapped'; readonly why: string }
  | { readonly kind: 'other' };

/**
 * Arguments of one tool as another takes them, by way of the capability's parameters. What has no declared counterpart
 * has none: nothing is guessed. A parameter mapped to "" may be left out.
 */
export function translate(args: JsonObject, from: FallbackTool, to: FallbackTool): Translation {
  const { constants = {} } = from;
  const isOther = Object.entries(constants).some(([name, value]) => !isSame(args[name], value));
  if (isOther || knowsItsOwnAlone(to)) return { kind: 'other' };
  const given = Object.entries(args).filter(([name]) => !Object.hasOwn(constants, name));
  try {
    const parameters = from.arguments
      ? parametersOf(new Map(given), from.arguments)
      : new Map<string, Json>(given);
    const translated: JsonObject = {};
    for (const [parameter, value] of parameters) {
      const form = to.arguments ? to.arguments[parameter] : parameter;
      if (form === undefined) throw new Unmapped(`it has nothing for ${parameter}`);
      if (form !== '') Object.assign(translated, argumentsFor(value, formOf(form), parameter));
    }
    return { kind: 'arguments', args: { ...translated, ...to.constants } };
  } catch (error) {
    if (error instanceof Unmapped) return { kind: 'unmapped', why: error.message };
    throw error;
  }
}

/** Whether a tool answers about one product only, and so for no other tool. */
export function knowsItsOwnAlone({ arguments: forms = {} }: FallbackTool): boolean {
  return Object.values(forms).some((form) => typeof form !== 'string' && form.means !== undefined);
}

class Unmapped extends Error {}

type Form = Exclude<ArgumentForm, string>;

function formOf(form: ArgumentForm): Form {
  return typeof form === 'string' ? { argument: form } : form;
}

/** Takes the arguments that are understood out of `given`. */
function parametersOf(
  given: Map<string, Json>,
  forms: NonNullable<FallbackTool['arguments']>,
): Map<string, Json> {
  const parameters = new Map<string, Json>();
  for (const [parameter, each] of Object.entries(forms)) {
    const form = formOf(each);
    const names = [form.argument].flat();
    const values = names.map((name) => given.get(name));
    for (const name of names) given.delete(name);
    if (values.every((value) => value === undefined)) continue;
    parameters.set(parameter, parameterFrom(values, form, parameter));
  }
  const [left] = given.keys();
  if (left !== undefined) throw new Unmapped(`nobody declared what ${left} is elsewhere`);
  return parameters;
}

function parameterFrom(values: readonly (Json | undefined)[], form: Form, parameter: string): Json {
  const [value] = values;
  if (form.text !== undefined) throw new Unmapped(`${parameter} is written in a way of its own`);
  if (values.length > 1) {
    if (!values.every((part) => typeof part === 'string')) throw new Unmapped(`${parameter} is not whole`);
    return values.join('/');
  }
  if (form.isList) {
    if (!Array.isArray(value) || value.length !== 1) throw new Unmapped(`${parameter} is not one`);
    return value[0] as Json;
  }
  if (form.values) {
    const found = Object.entries(form.values).find(([, own]) => own === value);
    if (!found) throw new Unmapped(`${parameter} ${JSON.stringify(value)} is not known elsewhere`);
    return found[0];
  }
  const plain = plainIn(value as Json, form, parameter);
  return form.means === undefined ? plain : form.means.replaceAll('{}', () => String(plain));
}

function argumentsFor(value: Json, form: Form, parameter: string): JsonObject {
  const names = [form.argument].flat();
  const [name = ''] = names;
  if (names.length > 1) {
    const parts = String(value).split('/');
    if (parts.length !== names.length) throw new Unmapped(`${parameter} ${value} has other parts there`);
    return Object.fromEntries(names.map((part, index) => [part, parts[index] ?? '']));
  }
  if (form.isList) return { [name]: [value] };
  if (form.values) {
    const own = form.values[String(value)];
    if (own === undefined) throw new Unmapped(`it has no ${parameter} ${JSON.stringify(value)}`);
    return { [name]: own };
  }
  const plain = plainIn(value, form, parameter);
  return { [name]: form.text === undefined ? plain : form.text.replaceAll('{}', () => quoted(plain)) };
}

/** Words, and what stands in them: a search with operators means something else elsewhere. */
const WORDS = /^[\p{L}\p{M}\p{N}\s_.,'#@/-]+$/u;
const OPERATORS = /(^|\s)(-|(AND|OR|NOT)(\s|$))/;

function plainIn(value: Json, { isWords, text, means }: Form, parameter: string): Json {
  if (!isWords && text === undefined && means === undefined) return value;
  if (typeof value === 'string' && WORDS.test(value) && !OPERATORS.test(value)) return value;
  throw new Unmapped(`${parameter} is more than words`);
}

function quoted(value: Json): string {
  return JSON.stringify(value);
}

function isSame(one: Json | undefined, other: Json): boolean {
  return one !== undefined && canonicalJson(one) === canonicalJson(other);
}
