import type { Blank, Variable } from './spec.ts';

/** An input of a registry entry: an argument, a variable or a header, as server.json states it. */
export interface RegistryInput {
  readonly type?: 'positional' | 'named';
  readonly name?: string;
  readonly value?: string;
  readonly valueHint?: string;
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly choices?: readonly string[];
  readonly isRequired?: boolean;
  readonly is_required?: boolean;
  readonly isSecret?: boolean;
  readonly is_secret?: boolean;
  readonly isRepeated?: boolean;
  readonly variables?: Readonly<Record<string, RegistryInput>>;
}

export interface Filled {
  readonly text: string;
  readonly blanks: Record<string, Blank>;
  readonly variables: readonly Variable[];
}

/** A template's text: inputs it names in braces become blanks, secret ones references. */
export function textAndBlanks({
  value = '',
  variables: inputs = {},
}: Pick<RegistryInput, 'value' | 'variables'>): Filled {
  const blanks: Record<string, Blank> = {};
  const variables: Variable[] = [];
  const text = value.replaceAll(/(?<!\$)\{([A-Za-z_][A-Za-z0-9_.-]*)\}/g, (whole, name: string) => {
    const input = inputs[name];
    if (!input) return whole;
    if (input.value !== undefined) return input.value;
    if (isSecret(input)) {
      const variable = variableOf(name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_'), input);
      variables.push(variable);
      return `\${${variable.name}}`;
    }
    blanks[name] = blankOf(input);
    return whole;
  });
  return { text, blanks, variables };
}

/** Variables or headers: fixed values as they are, secrets as references, the rest as blanks. */
export function variablesFrom(inputs: readonly RegistryInput[]): {
  env: Record<string, string>;
  variables: Variable[];
  blanks: Record<string, Blank>;
} {
  const env: Record<string, string> = {};
  const variables: Variable[] = [];
  const blanks: Record<string, Blank> = {};
  for (const input of inputs) {
    const { name } = input;
    if (!name) continue;
    if (input.value !== undefined) {
      const filled = textAndBlanks(input);
      env[name] = filled.text;
      Object.assign(blanks, filled.blanks);
      variables.push(...filled.variables);
    } else if (isSecret(input)) {
      if (!isRequired(input)) continue;
      const variable = variableOf(name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_'), input);
      variables.push(variable);
      env[name] = `\${${variable.name}}`;
    } else if (isRequired(input) || input.default !== undefined) {
      blanks[name] = blankOf(input);
      env[name] = `{${name}}`;
    }
  }
  return { env, variables, blanks };
}

/** Command-line arguments in their order; optional ones without a value are left out. */
export function argumentsOf(inputs: readonly RegistryInput[]): {
  args: string[];
  blanks: Record<string, Blank>;
} {
  const args: string[] = [];
  const blanks: Record<string, Blank> = {};
  for (const input of inputs) {
    const flag = input.type === 'named' ? input.name : undefined;
    if (input.value !== undefined) {
      const { text, blanks: found } = textAndBlanks(input);
      Object.assign(blanks, found);
      args.push(...(flag === undefined ? [text] : [flag, text]));
      continue;
    }
    if (!isRequired(input) && input.default === undefined) continue;
    const label = input.valueHint ?? flag?.replace(/^-+/, '') ?? 'value';
    if (
      flag !== undefined &&
      input.valueHint === undefined &&
      input.default === undefined &&
      !input.choices
    ) {
      args.push(flag);
      continue;
    }
    blanks[label] = blankOf(input);
    args.push(...(flag === undefined ? [`{${label}}`] : [flag, `{${label}}`]));
  }
  return { args, blanks };
}

function isSecret(input: RegistryInput): boolean {
  return input.isSecret ?? input.is_secret ?? false;
}

function isRequired(input: RegistryInput): boolean {
  return input.isRequired ?? input.is_required ?? false;
}

function variableOf(name: string, input: RegistryInput): Variable {
  return {
    name,
    secret: isSecret(input),
    required: true,
    ...(input.description !== undefined && { description: input.description }),
  };
}

function blankOf(input: RegistryInput): Blank {
  return {
    description: input.description ?? input.valueHint ?? input.name ?? 'A value',
    ...(input.default !== undefined && { default: String(input.default) }),
    ...(input.choices && { choices: input.choices }),
    ...(input.isRepeated && { many: true }),
    ...(!isRequired(input) && { optional: true }),
  };
}
