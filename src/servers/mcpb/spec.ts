import { posix, win32 } from 'node:path';
import type { Blank, Spec, Variable } from '../spec.ts';
import type { BundleManifest, UserConfig } from './manifest.ts';

export interface BundlePlace {
  /** Where the bundle is unpacked, absolute. */
  readonly folder: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
}

/** A spec whose settings the bundle names: secrets become references, the rest blanks. */
export function specOfBundle(
  spec: Spec,
  { userConfig, run, type, displayName }: BundleManifest,
  place: BundlePlace,
): Spec {
  const names = new Map(
    Object.entries(userConfig)
      .filter(([, { sensitive }]) => sensitive)
      .map(([key]) => [key, variableName(spec.name, key, run.env)]),
  );
  const fill = (text: string): string => substitute(text, names, place);
  const blanks = Object.entries(userConfig).flatMap(([key, option]): [string, Blank][] =>
    option.sensitive ? [] : [[blankName(key), blankOf(option, place)]],
  );
  const variables = [...names].map(
    ([key, name]): Variable => ({
      name,
      secret: true,
      required: userConfig[key]?.required ?? true,
      description: `${userConfig[key]?.title}. ${userConfig[key]?.description}`.trim(),
    }),
  );
  const optional = new Set(variables.filter(({ required }) => !required).map(({ name }) => `\${${name}}`));
  return {
    ...spec,
    args: [...run.args.map(fill), ...spec.args],
    env: {
      ...withoutOptional(
        Object.fromEntries(Object.entries(run.env).map(([key, text]) => [key, fill(text)])),
        optional,
      ),
      ...spec.env,
    },
    variables: [...variables, ...spec.variables],
    blanks: { ...Object.fromEntries(blanks), ...spec.blanks },
    notes: [`${displayName}, a ${type} bundle`, ...spec.notes],
  };
}

/** The bundle's command with its places filled in. */
export function commandOfBundle({ run }: BundleManifest, place: BundlePlace): string {
  return substitute(run.command, new Map(), place);
}

/** A variable of its own for a secret: the one the bundle passes it in, else made of server and key. */
function variableName(server: string, key: string, env: Readonly<Record<string, string>>): string {
  const own = Object.entries(env).find(([, text]) => text === `\${user_config.${key}}`)?.[0];
  return own ?? `${server}_${key}`.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
}

function blankName(key: string): string {
  return `user_config.${key}`;
}

/** An optional secret nobody gave must not keep the server from starting. */
function withoutOptional(env: Record<string, string>, optional: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([key, text]) => [key, optional.has(text) ? text.replace(/\}$/, ':-}') : text]),
  );
}

function substitute(text: string, secrets: ReadonlyMap<string, string>, place: BundlePlace): string {
  const { folder, home, platform } = place;
  const { join, sep } = platform === 'win32' ? win32 : posix;
  const known: Readonly<Record<string, string>> = {
    __dirname: folder,
    HOME: home,
    DESKTOP: join(home, 'Desktop'),
    DOCUMENTS: join(home, 'Documents'),
    DOWNLOADS: join(home, 'Downloads'),
    '/': sep,
    pathSeparator: sep,
  };
  return text.replaceAll(/\$\{([^}]+)\}/g, (whole, name: string) => {
    if (known[name] !== undefined) return known[name];
    if (!name.startsWith('user_config.')) return whole;
    const secret = secrets.get(name.slice('user_config.'.length));
    return secret === undefined ? `{${name}}` : `\${${secret}}`;
  });
}

function blankOf(option: UserConfig, place: BundlePlace): Blank {
  const { type, title, description, required, multiple, default: initial } = option;
  const first = Array.isArray(initial) ? initial[0] : initial;
  return {
    description: description ? `${title}: ${description}` : title,
    ...(first !== undefined && { default: substitute(String(first), new Map(), place) }),
    ...(type === 'boolean' && { choices: ['true', 'false'] }),
    ...(multiple && { many: true }),
    ...(!required && { optional: true }),
  };
}
