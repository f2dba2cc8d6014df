import { McpctlError } from '../core/errors.ts';
import { problemWithServerName } from '../core/server-name.ts';
import { ACCESSES, type AccessId } from './access.ts';
import { LANGUAGES, type LanguageId } from './languages.ts';
import type { ApiDescription } from './openapi/operation.ts';
import { VARIANTS, type VariantId } from './variants.ts';

export const TRANSPORTS = ['stdio', 'http'] as const;
export const LICENCES = ['MIT', 'Apache-2.0', 'ISC', 'UNLICENSED'] as const;

/** What is asked before a server is made. */
export interface Answers {
  readonly name: string;
  readonly title: string;
  /** One sentence, at most 100 characters: the registry takes no more. */
  readonly description: string;
  readonly language: LanguageId;
  /** Which transport the server starts with when it is not told; it has both. */
  readonly transport: (typeof TRANSPORTS)[number];
  readonly wraps: VariantId;
  readonly access: AccessId;
  readonly licence: (typeof LICENCES)[number];
  readonly author: string;
  /** First part of the name in the MCP registry, e.g. `io.github.someone`. */
  readonly namespace: string;
  /** Year of the copyright notice. */
  readonly year: number;
  /** Base address of the wrapped API; the one of the template when undefined. */
  readonly apiUrl?: string | undefined;
  /** The wrapped program, by its name or absolute path; the one of the template when undefined. */
  readonly program?: string | undefined;
  /** Of an OpenAPI document. */
  readonly api?: ApiDescription | undefined;
}

/** @throws SERVER_NAME_INVALID, USAGE */
export function checkAnswers(answers: Answers): Answers {
  const { name, title, description, namespace, author, apiUrl, program = 'git' } = answers;
  const problem = problemWithNewName(name);
  if (problem) {
    throw new McpctlError('SERVER_NAME_INVALID', `${problem}.`, {
      hint: 'Choose a name such as weather or my-server: mcpctl new-server my-server',
    });
  }
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(namespace))
    throw usage(`${JSON.stringify(namespace)} is no namespace.`, '--namespace io.github.<your account>');
  if (description.length < 1 || description.length > 100)
    throw usage('The description has to have 1 to 100 characters.', '--description "Reads the weather"');
  for (const text of [title, description, author, program]) {
    // Such characters would end a line in the middle of a file, or hide what it says.
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text))
      throw usage(`${JSON.stringify(text)} holds control characters.`);
  }
  const noProgram = problemWithProgram(program);
  if (noProgram) throw usage(`${noProgram}.`, '--program git');
  const noApi = apiUrl === undefined ? undefined : problemWithApiUrl(apiUrl);
  if (noApi) throw usage(`${noApi}.`, '--api-url https://api.example.com/v1');
  return answers;
}

/** Why a text cannot be the program a server wraps. */
export function problemWithProgram(text: string): string | undefined {
  return /^[^\s-]\S*$/.test(text) ? undefined : `${JSON.stringify(text)} is no name of a program`;
}

/** Why a text cannot be the base address of the API a server wraps. */
export function problemWithApiUrl(text: string): string | undefined {
  return isApiUrl(text)
    ? undefined
    : 'The address of the API has to begin with https:// or http:// and hold no password';
}

/** Why a new server cannot be called that: what clients refuse, and what no package can be called. */
export function problemWithNewName(name: string): string | undefined {
  const problem = problemWithServerName(name);
  if (problem) return problem;
  return /^[a-z](-?[a-z0-9])*$/.test(name)
    ? undefined
    : `${JSON.stringify(name)} does not begin with a letter, or has hyphens in a row or at the end`;
}

function isApiUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash, search } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${hash}${search}` === '';
}

export function variantOf(id: VariantId) {
  return VARIANTS.find((variant) => variant.id === id) ?? VARIANTS[0];
}

export function languageOf(id: LanguageId) {
  return LANGUAGES.find((language) => language.id === id) ?? LANGUAGES[0];
}

export function accessOf(id: AccessId) {
  return ACCESSES.find((access) => access.id === id) ?? ACCESSES[0];
}

function usage(message: string, flag?: string): McpctlError {
  return new McpctlError('USAGE', message, flag === undefined ? {} : { hint: flag });
}
