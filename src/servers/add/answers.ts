import { isAbsolute, resolve } from 'node:path';
import { McpctlError } from '../../core/errors.ts';
import { parseReferences } from '../../core/reference.ts';
import type { Prompt } from '../../platform/prompt.ts';
import { type Blank, fillBlanks, type Spec, type Variable } from '../spec.ts';

export interface AnswerOptions {
  readonly prompt: Prompt;
  /** Values given as `--set name=value`; a name may come several times. */
  readonly given: Readonly<Record<string, readonly string[]>>;
  /** True when a `${NAME}` reference resolves already. */
  isSet(name: string): Promise<boolean>;
  /** Throws when a secret of that name could not be kept; called before one is asked for or missed. */
  readyToKeep?(name: string): Promise<void>;
  /** False with `--no-verify`: what is missing may be given later. */
  readonly needsAll: boolean;
  readonly cwd: string;
  readonly home: string;
}

export interface Answers {
  /** With its blanks filled and plain values in place. */
  readonly spec: Spec;
  /** Typed by the user, to be stored; never printed. */
  readonly secrets: readonly { readonly variable: Variable; readonly value: string }[];
  /** Needed, but to be given later. */
  readonly missing: readonly Variable[];
}

/**
 * Asks for what a server needs and nobody has given yet.
 * @throws SECRET_MISSING or VALUE_MISSING when nobody can be asked.
 */
export async function askFor(spec: Spec, options: AnswerOptions): Promise<Answers> {
  const values: Record<string, readonly string[]> = {};
  for (const [name, blank] of Object.entries(spec.blanks)) {
    const answer = await blankValue(spec.name, name, blank, options);
    if (answer) values[name] = answer.map((value) => absolutePath(value, options));
  }
  let filled = fillBlanks(spec, values);
  const secrets: { variable: Variable; value: string }[] = [];
  const missing: Variable[] = [];
  for (const variable of spec.variables) {
    if (!variable.required || !isReferred(filled, variable.name)) continue;
    const value = await variableValue(spec.name, variable, options);
    if (value === 'set') continue;
    if (value === 'missing') missing.push(variable);
    else if (variable.secret) secrets.push({ variable, value: value.text });
    else filled = withValue(filled, variable.name, value.text);
  }
  return { spec: filled, secrets, missing };
}

async function variableValue(
  server: string,
  variable: Variable,
  { given, isSet, prompt, needsAll, readyToKeep = async () => {} }: AnswerOptions,
): Promise<{ readonly text: string } | 'set' | 'missing'> {
  const [plain] = given[variable.name] ?? [];
  if (plain !== undefined && !variable.secret) return { text: plain };
  if (await isSet(variable.name)) return 'set';
  if (variable.secret && (prompt.canAsk || needsAll)) {
    await readyToKeep(variable.name).catch((error: unknown) => {
      throw unkeepable(server, variable, error);
    });
  }
  if (prompt.canAsk) return { text: await askVariable(server, variable, prompt) };
  if (needsAll) throw missingVariable(server, variable);
  return 'missing';
}

async function blankValue(
  server: string,
  name: string,
  blank: Blank,
  { given, prompt }: AnswerOptions,
): Promise<readonly string[] | undefined> {
  const answered = given[name];
  if (answered?.length) {
    const wrong = answered.find((value) => blank.choices && !blank.choices.includes(value));
    if (wrong === undefined) return answered;
    throw new McpctlError('USAGE', `${name} of ${server} cannot be ${JSON.stringify(wrong)}.`, {
      hint: `Choose one of: ${blank.choices?.join(', ')}`,
    });
  }
  if (!prompt.canAsk) {
    if (blank.default !== undefined) return [blank.default];
    if (blank.optional) return [];
    throw new McpctlError('VALUE_MISSING', `${server} needs ${name}: ${blank.description}`, {
      hint: `Add --set ${name}=${blank.example ?? '<value>'}`,
      data: { server, value: name },
    });
  }
  const flag = `--set ${name}=<value>`;
  if (blank.choices) {
    const choices = blank.choices.map((value) => ({ value, name: value }));
    return [await prompt.select({ message: `${server}: ${blank.description}`, flag, choices })];
  }
  const initial = blank.default ?? '';
  const text = await prompt.text({ message: `${server}: ${blank.description}`, flag, initial });
  if (text !== '') return [text];
  return blank.optional ? [] : undefined;
}

async function askVariable(server: string, variable: Variable, prompt: Prompt): Promise<string> {
  const { name, description, where, example, secret } = variable;
  const explanation = [description, where && `Get it: ${where}`, example && `e.g. ${example}`]
    .filter(Boolean)
    .join(' ');
  const question = {
    message: `${server} needs ${name}. ${explanation}\n ${name}:`,
    flag: `mcpctl secret set ${name}`,
  };
  const value = secret ? await prompt.password(question) : await prompt.text(question);
  if (value.trim() !== '') return kept(variable, value.trim());
  throw missingVariable(server, variable);
}

/** No base64 text has a colon, so what has one is not encoded yet. */
function kept({ basic }: Variable, value: string): string {
  return basic && value.includes(':') ? Buffer.from(value).toString('base64') : value;
}

/** The refusal of the place for secrets, with what it was wanted for. */
function unkeepable(server: string, { name }: Variable, error: unknown): unknown {
  if (!(error instanceof McpctlError)) return error;
  const { code, message, hint } = error;
  return new McpctlError(
    code,
    `${server} needs ${name}, which is not set and could not be kept. ${message}`,
    {
      ...(hint !== undefined && { hint }),
      cause: error,
      data: { server, variable: name },
    },
  );
}

function missingVariable(server: string, { name, where, secret }: Variable): McpctlError {
  return new McpctlError(
    secret ? 'SECRET_MISSING' : 'VALUE_MISSING',
    `${server} needs ${name}, and it is not set.${where ? ` ${where}` : ''}`,
    {
      hint: secret
        ? `mcpctl secret set ${name}    (or add --no-verify to give it later)`
        : `Add --set ${name}=<value>, or --no-verify to give it later.`,
      data: { server, variable: name },
    },
  );
}

function isReferred({ env, headers, args, oauth = {}, wanted }: Spec, name: string): boolean {
  const texts = [
    ...Object.values(env),
    ...Object.values(headers),
    ...args,
    ...Object.values(oauth).filter((value) => typeof value === 'string'),
    ...(wanted.type === 'remote' ? [wanted.url] : []),
  ];
  return texts.some((text) =>
    parseReferences(text).some(
      (segment) => segment.kind === 'name' && segment.name === name && segment.fallback === undefined,
    ),
  );
}

/** Puts a plain value where its reference stood: only secrets are kept apart from the manifest. */
function withValue(spec: Spec, name: string, value: string): Spec {
  const replace = (text: string): string => text.replaceAll(`\${${name}}`, value);
  const all = (texts: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, replace(text)]));
  const { wanted, oauth } = spec;
  return {
    ...spec,
    args: spec.args.map(replace),
    env: all(spec.env),
    headers: all(spec.headers),
    wanted: wanted.type === 'remote' ? { ...wanted, url: replace(wanted.url) } : wanted,
    ...(oauth && {
      oauth: Object.fromEntries(
        Object.entries(oauth).map(([key, text]) => [key, typeof text === 'string' ? replace(text) : text]),
      ),
    }),
  };
}

/** Clients start servers in folders of their own, so a path must not depend on where `add` was typed. */
function absolutePath(value: string, { cwd, home }: AnswerOptions): string {
  if (!/^(\.{1,2}|~)([\\/]|$)/.test(value) || isAbsolute(value)) return value;
  return resolve(cwd, value.replace(/^~/, home));
}
