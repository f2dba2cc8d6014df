import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { parseReferences } from '../core/reference.ts';
import type { ServerEntry } from '../manifest/entry.ts';
import type { ServerTarget } from '../mcp/transport.ts';
import { childEnvironment } from '../platform/child-environment.ts';
import type { Env } from '../platform/env.ts';
import { type Paths, PROJECT_MANIFEST } from '../platform/paths.ts';

export interface Machine {
  readonly env: Env;
  readonly platform: NodeJS.Platform;
  readonly cwd: string;
  readonly paths: Paths;
}

/** A server of the manifest, ready to start. */
export interface PreparedServer {
  readonly name: string;
  readonly target: ServerTarget;
  /** What must not be printed. */
  readonly secrets: readonly string[];
  /** Remarks for stderr. */
  readonly notes: readonly string[];
}

/** Finds a server in the manifest and resolves every reference of its entry. */
export async function prepareServer(name: string, machine: Machine): Promise<PreparedServer> {
  const { env, platform } = machine;
  const servers = await readServers(machine);
  const entry = servers[name];
  if (!entry) {
    const known = Object.keys(servers);
    throw new McpctlError('SERVER_UNKNOWN', `There is no server ${JSON.stringify(name)} in the manifest.`, {
      hint: known.length > 0 ? `It has: ${known.join(', ')}.` : `mcpctl add ${name}`,
    });
  }
  const secrets: string[] = [];
  const resolve = (text: string): string =>
    parseReferences(text)
      .map((segment) => {
        if (segment.kind === 'text') return segment.text;
        const value = segment.kind === 'name' ? (env[segment.name] ?? segment.fallback) : undefined;
        if (value === undefined)
          throw new McpctlError('SERVER_UNKNOWN', `A value ${name} needs is missing: ${text}`);
        secrets.push(value);
        return value;
      })
      .join('');
  const all = (values: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, resolve(value)]));
  const target = targetOf(entry, { resolve, all, env, platform });
  const notes = [`${name} is not locked: it starts as the manifest says.`];
  return { name, target, secrets, notes };
}

interface Resolving {
  resolve(text: string): string;
  all(values?: Record<string, string>): Record<string, string>;
  readonly env: Env;
  readonly platform: NodeJS.Platform;
}

function targetOf(entry: ServerEntry, { resolve, all, env, platform }: Resolving): ServerTarget {
  if (typeof entry.url === 'string') {
    return { kind: 'remote', url: resolve(entry.url), headers: all(entry.headers as Record<string, string>) };
  }
  return {
    kind: 'stdio',
    command: String(entry.command),
    args: (entry.args as string[] | undefined)?.map(resolve) ?? [],
    env: childEnvironment({ env, platform, own: all(entry.env as Record<string, string>) }),
    ...(typeof entry.cwd === 'string' && { cwd: entry.cwd }),
  };
}

async function readServers({ paths, cwd }: Machine): Promise<Record<string, ServerEntry>> {
  const [user, project] = await Promise.all([read(paths.manifest), read(join(cwd, ...PROJECT_MANIFEST))]);
  return { ...user, ...project };
}

async function read(path: string): Promise<Record<string, ServerEntry>> {
  try {
    const { mcpServers } = JSON.parse(await readFile(path, 'utf8')) as {
      mcpServers: Record<string, ServerEntry>;
    };
    return mcpServers;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return {};
    throw error;
  }
}
