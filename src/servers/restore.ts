import { McpctlError } from '../core/errors.ts';
import type { LockEntry, LockSource } from '../manifest/lock-schema.ts';
import { installFolder } from './install-folder.ts';
import type { Machine } from './machine.ts';
import type { Installed } from './npm/install.ts';
import type { Outcome } from './npm/resolve.ts';
import { installMany, resolveMany } from './resolve-many.ts';
import { bareSpec, type Spec, type Wanted } from './spec.ts';
import { checkTree, readRecord } from './tree.ts';

export interface LockedServer {
  readonly name: string;
  readonly lockEntry: LockEntry;
}

/**
 * True when the lock names files of their own for the server and they are not on this machine. `isFull` reads every
 * file; without it they count as unchanged where their sizes and times are.
 */
export function isMissing(
  { name, lockEntry: { source } }: LockedServer,
  { paths, platform }: Pick<Machine, 'paths' | 'platform'>,
  { isFull }: { readonly isFull: boolean },
): boolean {
  const version = installedVersion(source);
  if (version === undefined) return false;
  // Only npm, git and bundles keep files; a Python project of a git source is kept by uv.
  if (source.type === 'git' && !source.entry.includes('.')) return false;
  const folder = installFolder(paths, name, version, platform);
  const record = readRecord(folder);
  if (!record) return true;
  try {
    checkTree({ name, folder, record, integrity: integrityOf(source), isFull });
    return false;
  } catch (error) {
    if (error instanceof McpctlError && error.code === 'INTEGRITY_MISMATCH') return true;
    throw error;
  }
}

/**
 * Installs locked servers as they are locked, for example on another machine: the same versions, with the same
 * integrity. Neither manifest nor lock change. A server that fails does not sink the others.
 */
export async function restoreServers(
  servers: readonly LockedServer[],
  machine: Machine,
): Promise<Outcome<Installed>[]> {
  const specs = servers.map(specOfLock);
  const scripts = servers.map(
    ({ lockEntry: { source } }) => source.type === 'npm' && source.scripts === true,
  );
  const results: Outcome<Installed>[] = new Array(servers.length);
  for (const allowScripts of [false, true]) {
    const wanted = servers.flatMap((_, index) => (scripts[index] === allowScripts ? [index] : []));
    if (wanted.length === 0) continue;
    const resolved = await resolveMany(
      wanted.map((index) => specs[index] as Spec),
      machine,
      { allowScripts },
    );
    const ready: {
      index: number;
      name: string;
      resolution: Extract<(typeof resolved)[number], { ok: true }>['value'];
    }[] = [];
    for (const [position, outcome] of resolved.entries()) {
      const index = wanted[position] as number;
      if (outcome.ok) ready.push({ index, name: servers[index]?.name ?? '', resolution: outcome.value });
      else results[index] = outcome;
    }
    const installed = await installMany(ready, machine);
    for (const [position, { index }] of ready.entries())
      results[index] = installed[position] as Outcome<Installed>;
  }
  return results;
}

function integrityOf(source: LockSource): string {
  if (source.type === 'npm') return source.integrity;
  if (source.type === 'mcpb') return source.sha256;
  return source.type === 'git' ? source.commit : '';
}

function installedVersion(source: LockSource): string | undefined {
  if (source.type === 'npm' || source.type === 'mcpb') return source.version;
  return source.type === 'git' ? source.commit.slice(0, 12) : undefined;
}

function specOfLock({ name, lockEntry: { source } }: LockedServer): Spec {
  const spec = bareSpec(name, wantedOf(source));
  return source.type === 'npm' ? { ...spec, integrity: source.integrity } : spec;
}

function wantedOf(source: LockSource): Wanted {
  switch (source.type) {
    case 'npm':
      return { type: 'npm', package: source.package, version: source.version, bin: source.bin };
    case 'pypi': {
      const { executable } = source;
      return {
        type: 'pypi',
        package: source.package,
        version: source.version,
        ...(executable !== undefined && { executable }),
      };
    }
    case 'oci':
      return { type: 'oci', image: source.image, digest: source.digest };
    case 'git':
      return { type: 'git', url: source.url, ref: source.commit };
    case 'mcpb':
      return { type: 'mcpb', origin: source.origin, sha256: source.sha256 };
    case 'path':
      return { type: 'path', path: source.path };
    case 'remote':
      return { type: 'remote', url: source.url, ...(source.transport && { transport: source.transport }) };
    case 'command':
      // Nothing is kept for a plain command, so there is nothing to bring back.
      return { type: 'command', command: '', args: [] };
  }
}
