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
 * desktop programs have another PATH; a project's file is shared, so it names `mcpctl` alone.
 */
export function managedEntry({ name, scope, launcher, env }: ManagedOptions): StdioLaunch {
  if (scope === 'project') return { kind: 'stdio', command: 'mcpctl', args: ['run', name], env: {} };
  const carried = OWN_VARIABLES.flatMap((key) => (env[key] ? [[key, env[key]]] : []));
  return {
    kind: 'stdio',
    command: launcher.node,
    args: [launcher.script, 'run', name],
    env: Object.fromEntries(carried),
  };
}

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
}

/** Takes a managed entry apart, whoever's Node and mcpctl it names; undefined for any other entry. */
export function partsOfManaged(entry: ClientEntry): ManagedParts | undefined {
  if (entry.kind !== 'stdio') return undefined;
  const { command, args } = entry;
  const [first, second, third] = args;
  if (
    args.length === 2 &&
    first === 'run' &&
    second !== undefined &&
    /(^|[\\/])mcpctl(\.cmd|\.exe)?$/.test(command)
  ) {
    return { server: second };
  }
  if (
    args.length === 3 &&
    second === 'run' &&
    third !== undefined &&
    /(^|[\\/])mcpctl(\.m?js)?$/.test(first ?? '')
  ) {
    return { server: third, node: command, script: first ?? '' };
  }
  return undefined;
}
