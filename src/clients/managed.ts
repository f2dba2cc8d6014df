import type { Env } from '../platform/env.ts';
import type { Scope } from './adapter.ts';
import type { ClientEntry, StdioLaunch } from './entry.ts';

/** What a client must start to reach mcpctl; both absolute. */
export interface Launcher {
  readonly node: string;
  readonly script: string;
}

export interface ManagedOptions {
  readonly name: string;
  readonly scope: Scope;
  readonly launcher: Launcher;
  readonly env: Env;
}

/** Variables that move mcpctl's own files; a client that starts without them would look elsewhere. */
const OWN_VARIABLES = ['XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'] as const;

/**
 * The entry that makes a client start a server through `mcpctl run`. In user scope everything is absolute, because
 * desktop programs have another PATH; a project's file is shared, so it names `mcpctl` alone, and says that
 * the project's own entry is meant, because `run` prefers the user's.
 */
export function managedEntry({ name, scope, launcher, env }: ManagedOptions): StdioLaunch {
  if (scope === 'project')
    return { kind: 'stdio', command: 'mcpctl', args: ['run', name, ...PROJECT], env: {} };
  const carried = OWN_VARIABLES.flatMap((key) => (env[key] ? [[key, env[key]]] : []));
  return {
    kind: 'stdio',
    command: launcher.node,
    args: [launcher.script, 'run', name],
    env: Object.fromEntries(carried),
  };
}

/** What makes `run` take the project's entry. */
const PROJECT = ['--scope', 'project'] as const;

/** Why entries that name this mcpctl will not last, or undefined when they will. */
export function fleetingLauncher({ script }: Launcher): string | undefined {
  if (!/[\\/]_npx[\\/]|[\\/]dlx-[^\\/]*[\\/]/.test(script)) return undefined;
  return `This mcpctl runs from a cache that may be emptied (${script}); clients could not start it any more then. Install it first: npm install -g mcpctl`;
}

export interface ManagedParts {
  readonly server: string;
  /** Absolute Node executable; undefined for a plain `mcpctl`. */
  readonly node?: string;
  readonly script?: string;
  /** What `--scope` says; absent without it, which is how the user's entries are written. */
  readonly scope?: Scope;
}

/** Takes a managed entry apart, whoever's Node and mcpctl it names; undefined for any other entry. */
export function partsOfManaged(entry: ClientEntry): ManagedParts | undefined {
  if (entry.kind !== 'stdio') return undefined;
  const { command, args } = entry;
  const isPlain = /(^|[\\/])mcpctl(\.cmd|\.exe)?$/.test(command);
  const script = isPlain ? undefined : args[0];
  const [verb, server, ...rest] = isPlain ? args : args.slice(1);
  if (!isPlain && !/(^|[\\/])mcpctl(\.m?js)?$/.test(script ?? '')) return undefined;
  if (verb !== 'run' || server === undefined) return undefined;
  const program = script === undefined ? {} : { node: command, script };
  if (rest.length === 0) return { server, ...program };
  const [flag, scope] = rest;
  if (rest.length !== 2 || flag !== '--scope' || (scope !== 'user' && scope !== 'project')) return undefined;
  return { server, scope, ...program };
}
