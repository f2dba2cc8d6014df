import { McpctlError } from '../core/errors.ts';
import type { RemoteEntry, ServerEntry, StdioEntry } from '../manifest/entry.ts';
import type { LockEntry } from '../manifest/lock-schema.ts';
import type { Paths } from '../platform/paths.ts';
import { installFolder } from './install-folder.ts';
import { readPackageCommand } from './package-command.ts';
import { checkTree, readRecord } from './tree.ts';

export interface LaunchRequest {
  readonly name: string;
  readonly entry: ServerEntry;
  readonly lockEntry?: LockEntry;
  readonly paths: Pick<Paths, 'servers'>;
  /** Node that runs servers without a runtime of their own. */
  readonly node: string;
  readonly platform: NodeJS.Platform;
}

/** How to start a server; every value may still hold references. */
export interface StdioLaunch {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** True when the code that starts is the one the lock names. */
  readonly locked: boolean;
  /** Remarks for stderr. */
  readonly notes: readonly string[];
}

export interface RemoteLaunch {
  readonly kind: 'remote';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As the entry or the lock says; unset means: try streamable HTTP first. */
  readonly transport?: 'http' | 'sse';
  readonly notes: readonly string[];
}

export type Launch = StdioLaunch | RemoteLaunch;

/**
 * How `run` starts a server. A locked npm server starts from its own folder, never through npx, after a check that
 * costs a few milliseconds. Whatever is written by hand starts as it stands.
 * @throws INTEGRITY_MISMATCH when the locked files changed; SERVER_NOT_INSTALLED when they are not on this machine,
 * because what npx would fetch instead is checked by nobody.
 */
export function launchOf(request: LaunchRequest): Launch {
  const { entry, lockEntry } = request;
  if (typeof entry.url === 'string') return remoteLaunch(entry as RemoteEntry, lockEntry);
  return stdioLaunch(request, entry as StdioEntry);
}

function remoteLaunch(entry: RemoteEntry, lockEntry: LockEntry | undefined): RemoteLaunch {
  const locked =
    lockEntry?.source.type === 'remote' && lockEntry.source.url === entry.url ? lockEntry.source : undefined;
  const transport = entry.type === undefined ? locked?.transport : entry.type === 'sse' ? 'sse' : 'http';
  return {
    kind: 'remote',
    url: entry.url,
    headers: entry.headers ?? {},
    ...(transport !== undefined && { transport }),
    notes: [],
  };
}

function stdioLaunch(request: LaunchRequest, entry: StdioEntry): StdioLaunch {
  const { name, lockEntry, paths, platform } = request;
  const asWritten = (locked: boolean, ...notes: string[]): StdioLaunch => ({
    kind: 'stdio',
    command: entry.command,
    args: entry.args ?? [],
    env: entry.env ?? {},
    ...(entry.cwd !== undefined && { cwd: entry.cwd }),
    locked,
    notes,
  });
  if (!lockEntry) return asWritten(false, `${name} is not locked: it starts as the manifest says.`);
  const tree = lockedTree(request, entry, lockEntry.source);
  if (!tree)
    return asWritten(isPinnedAsLocked(entry, lockEntry.source), ...remark(request, entry, lockEntry.source));
  const folder = installFolder(paths, name, tree.version, platform);
  const record = readRecord(folder);
  if (!record) {
    throw new McpctlError('SERVER_NOT_INSTALLED', `${name} is locked, but not installed on this machine.`, {
      hint: 'mcpctl sync',
      data: { server: name, folder },
    });
  }
  checkTree({ name, folder, record, integrity: tree.integrity });
  if (tree.args === undefined) return asWritten(true);
  return {
    ...asWritten(true),
    command: record.runtime === undefined ? request.node : `${folder}/${record.runtime}`,
    args: [`${folder}/${record.entry}`, ...tree.args],
  };
}

interface LockedTree {
  readonly version: string;
  readonly integrity: string;
  /** Arguments of the server; undefined when the entry itself names the installed files. */
  readonly args?: readonly string[];
}

/** The installed folder that stands for the entry; undefined when there is none or the entry means another version. */
function lockedTree(
  { paths, name, platform }: LaunchRequest,
  { command, args = [] }: StdioEntry,
  source: LockEntry['source'],
): LockedTree | undefined {
  if (source.type === 'npm') {
    const written = readPackageCommand(command, args);
    const isSame =
      written?.type === 'npm' && written.package === source.package && written.version === source.version;
    return isSame ? { version: source.version, integrity: source.integrity, args: written.args } : undefined;
  }
  if (source.type === 'git') {
    const at = args.indexOf(`git+${source.url}#${source.commit}`);
    if (at === -1) return undefined;
    const rest = args.slice(at + (args[at - 1] === '-p' ? 2 : 1));
    return { version: source.commit.slice(0, 12), integrity: source.commit, args: rest };
  }
  if (source.type === 'mcpb') {
    const folder = installFolder(paths, name, source.version, platform);
    const isInside = [command, ...args].some((word) => word.includes(folder));
    return isInside ? { version: source.version, integrity: source.sha256 } : undefined;
  }
  return undefined;
}

/** True for sources that are pinned by the command itself. */
function isPinnedAsLocked({ command, args = [] }: StdioEntry, source: LockEntry['source']): boolean {
  if (source.type === 'pypi' || source.type === 'oci') {
    const written = readPackageCommand(command, args);
    const version = source.type === 'pypi' ? source.version : source.digest;
    return written?.type === source.type && written.version === version;
  }
  if (source.type === 'git') return args.includes(`git+${source.url}@${source.commit}`);
  return source.type === 'path' || source.type === 'command';
}

function remark({ name }: LaunchRequest, entry: StdioEntry, source: LockEntry['source']): string[] {
  return isPinnedAsLocked(entry, source) ? [] : [differing(name)];
}

function differing(name: string): string {
  return `${name} starts as the manifest says, which is another version than the locked one. To lock it: mcpctl add ${name}`;
}
