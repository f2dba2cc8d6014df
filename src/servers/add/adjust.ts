import { McpctlError } from '../../core/errors.ts';
import { parseReferences } from '../../core/reference.ts';
import { problemWithServerName } from '../../core/server-name.ts';
import type { Spec, Variable } from '../spec.ts';

export interface Adjustment {
  readonly name?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Arguments to add after the server's own. */
  readonly args: readonly string[];
  readonly transport?: 'http' | 'sse' | 'stdio';
  readonly bin?: string;
  /** Says which kind of secret a value looks like; undefined for harmless ones. */
  findSecret(key: string, value: string): { readonly kind: string } | undefined;
}

/**
 * Puts what the flags say into a spec.
 * @throws SERVER_NAME_INVALID, SECRET_ON_COMMAND_LINE, USAGE.
 */
export function adjustSpec(spec: Spec, adjustment: Adjustment): Spec {
  const { name, env, headers, args, transport, bin } = adjustment;
  refuseSecrets({ values: { ...headers, ...env }, words: [...args, ...spec.args] }, adjustment);
  if (name !== undefined) checkName(name);
  const isRemote = spec.wanted.type === 'remote';
  if (!isRemote && Object.keys(headers).length > 0) {
    throw new McpctlError('USAGE', `${spec.name} is a program and takes no headers.`, {
      hint: 'Use --env NAME=${NAME} for programs, --header for addresses.',
    });
  }
  if (transport !== undefined && (transport === 'stdio') === isRemote) {
    throw new McpctlError(
      'USAGE',
      `--transport ${transport} does not fit ${isRemote ? 'an address' : 'a program'}.`,
    );
  }
  return {
    ...spec,
    ...(name !== undefined && { name }),
    env: { ...spec.env, ...env },
    headers: { ...spec.headers, ...headers },
    args: [...spec.args, ...args],
    variables: [...spec.variables, ...newVariables(spec, [...Object.values(env), ...Object.values(headers)])],
    wanted: wantedWith(spec, transport, bin),
    // A key given by hand takes the place of signing in.
    ...(spec.auth === 'oauth' && 'authorization' in lowerKeys(headers) && { auth: 'api-key' as const }),
  };
}

/** @throws SECRET_ON_COMMAND_LINE for a value or a word that looks like a secret. */
export function refuseSecrets(
  given: { readonly values: Readonly<Record<string, string>>; readonly words: readonly string[] },
  look: Pick<Adjustment, 'findSecret'>,
): void {
  for (const [key, value] of Object.entries(given.values)) refuseSecret(key, value, look);
  for (const word of given.words) refuseSecretWord(word, look);
}

function wantedWith(
  { wanted }: Spec,
  transport: Adjustment['transport'],
  bin: string | undefined,
): Spec['wanted'] {
  if (wanted.type === 'remote') {
    return transport === 'http' || transport === 'sse' ? { ...wanted, transport } : wanted;
  }
  if (bin === undefined) return wanted;
  if (wanted.type === 'npm' || wanted.type === 'git' || wanted.type === 'path') return { ...wanted, bin };
  if (wanted.type === 'pypi') return { ...wanted, executable: bin };
  throw new McpctlError('USAGE', '--bin chooses a program of a package; this is none.');
}

/** References the user wrote by hand are needed, and secret until told otherwise. */
function newVariables({ variables }: Spec, values: readonly string[]): Variable[] {
  const known = new Set(variables.map(({ name }) => name));
  const names = values.flatMap((value) =>
    parseReferences(value).flatMap((segment) =>
      segment.kind === 'name' && segment.fallback === undefined && !known.has(segment.name)
        ? [segment.name]
        : [],
    ),
  );
  return [...new Set(names)].map((name) => ({ name, secret: true, required: true }));
}

function checkName(name: string): void {
  const problem = problemWithServerName(name);
  if (problem === undefined) return;
  throw new McpctlError('SERVER_NAME_INVALID', `A server cannot be called that: ${problem}.`, {
    hint: 'Choose another name with --name.',
  });
}

function refuseSecret(key: string, value: string, { findSecret }: Pick<Adjustment, 'findSecret'>): void {
  const found = findSecret(key, value);
  if (!found) return;
  const name = key.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
  throw new McpctlError(
    'SECRET_ON_COMMAND_LINE',
    `The value of ${key} looks like a secret (${found.kind}); arguments can be read by every user of this machine.`,
    {
      hint: `Treat it as known to others and renew it. Then: mcpctl secret set ${name}, and pass ${key}='\${${name}}'`,
    },
  );
}

function refuseSecretWord(word: string, { findSecret }: Pick<Adjustment, 'findSecret'>): void {
  const [, flag = '', value = word] = /^--?([A-Za-z0-9_-]+)=(.*)$/.exec(word) ?? [];
  const found = findSecret(flag, value);
  if (!found) return;
  throw new McpctlError(
    'SECRET_ON_COMMAND_LINE',
    `An argument ${flag ? `(--${flag}) ` : ''}looks like a secret (${found.kind}); every user of this machine can read it.`,
    { hint: "Store it: mcpctl secret set NAME, and pass '${NAME}' in its place." },
  );
}

function lowerKeys(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key.toLowerCase(), value]));
}
