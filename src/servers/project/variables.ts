import { isRecord, type JsonObject, recordsIn } from '../../core/json.ts';
import type { Variable } from '../spec.ts';

/** An environment variable of a project's server, as its own files describe it. */
export interface ProjectVariable extends Variable {
  /** What the server takes when it is not set. */
  readonly default?: string;
  readonly choices?: readonly string[];
}

export interface VariableFiles {
  readonly registryEntry?: JsonObject | undefined;
  readonly bundle?: JsonObject | undefined;
  /** Text of `.env.example`. */
  readonly example?: string | undefined;
}

/** Every variable the files name, each as the first of them describes it: server.json, the bundle's manifest, .env.example. */
export function variablesOfProject({ registryEntry, bundle, example }: VariableFiles): ProjectVariable[] {
  const all = [...ofRegistry(registryEntry), ...ofBundle(bundle), ...ofExample(example ?? '')];
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
}

function ofRegistry(entry: JsonObject | undefined): ProjectVariable[] {
  return recordsIn(entry?.packages).flatMap(({ environmentVariables }) =>
    recordsIn(environmentVariables).flatMap((input): ProjectVariable[] => {
      const { name, isSecret, isRequired, choices, placeholder } = input;
      if (typeof name !== 'string' || input.value !== undefined) return [];
      return [
        {
          name,
          secret: isSecret === true,
          required: isRequired === true,
          ...text('description', input.description),
          ...text('default', input.default),
          ...text('example', placeholder),
          ...(Array.isArray(choices) && { choices: choices.map(String) }),
        },
      ];
    }),
  );
}

function ofBundle(bundle: JsonObject | undefined): ProjectVariable[] {
  const start = isRecord(bundle?.server) ? bundle.server.mcp_config : undefined;
  const env = isRecord(start) && isRecord(start.env) ? start.env : {};
  const settings = isRecord(bundle?.user_config) ? bundle.user_config : {};
  return Object.entries(env).flatMap(([name, value]): ProjectVariable[] => {
    const key = /^\$\{user_config\.([^}]+)\}$/.exec(String(value))?.[1];
    const setting = key === undefined ? undefined : settings[key];
    if (!isRecord(setting)) return [];
    return [
      {
        name,
        secret: setting.sensitive === true,
        required: setting.required === true,
        ...text('description', setting.description),
        ...text('default', setting.default),
      },
    ];
  });
}

/** Comments above `NAME=value` describe it; one that is commented out is not needed. */
function ofExample(example: string): ProjectVariable[] {
  const found: ProjectVariable[] = [];
  let comments: string[] = [];
  for (const line of example.split(/\r?\n/)) {
    const [, hash, name = ''] = /^\s*(#?)\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=/.exec(line) ?? [];
    if (name !== '') {
      const description = comments.join(' ').trim();
      found.push({
        name,
        secret: /(token|secret|password|key)$/i.test(name),
        required: hash === '',
        ...(description !== '' && { description }),
      });
    }
    const comment = name === '' ? /^\s*#\s?(.*)$/.exec(line)?.[1] : undefined;
    comments = comment === undefined ? [] : [...comments, comment];
  }
  return found;
}

function text<Key extends string>(key: Key, value: unknown): { [key in Key]?: string } {
  const isGiven = ['string', 'number', 'boolean'].includes(typeof value) && value !== '';
  return isGiven ? ({ [key]: String(value) } as { [key in Key]: string }) : {};
}
