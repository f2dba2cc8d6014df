import { table } from '../../cli/table.ts';
import type { ServerEntry } from '../../manifest/entry.ts';
import type { LockEntry } from '../../manifest/lock-schema.ts';
import { lockedVersion } from '../../manifest/locked-version.ts';
import type { ManifestServer } from '../../manifest/manifest.ts';
import type { Style } from '../../platform/style.ts';
import { readPackageCommand } from '../../servers/package-command.ts';

/** One server of the manifest as `list` and `info` show it. Holds no value of a variable or header. */
export interface ServerRow {
  readonly name: string;
  /** e.g. `npm @playwright/mcp`, `remote mcp.linear.app`, `command node`. */
  readonly source: string;
  /** Locked version, or what the entry says; absent when neither says. */
  readonly version?: string;
  readonly scope: 'user' | 'project';
  readonly transport: 'stdio' | 'http' | 'sse';
  readonly locked: boolean;
  readonly disabled: boolean;
  /** Absolute path of the manifest. */
  readonly manifest: string;
}

export interface ServerList {
  readonly servers: readonly ServerRow[];
  /** Entries no client can use. */
  readonly broken: readonly { name: string; scope: string; manifest: string; reason: string }[];
}

export function serverRow({ name, entry, scope, manifest }: ManifestServer, lock?: LockEntry): ServerRow {
  const { source, version } = lock ? lockedSource(lock, entry) : writtenSource(entry);
  return {
    name,
    source,
    ...(version !== undefined && { version }),
    scope,
    transport: transportOf(entry),
    locked: lock !== undefined,
    disabled: entry.disabled === true,
    manifest,
  };
}

export function renderServers({ servers, broken }: ServerList, style: Style, width: number): string {
  const remarks = broken.map(
    ({ name, manifest, reason }) => `${style.red('broken')} ${name} in ${manifest}: ${reason}`,
  );
  if (servers.length === 0) {
    return [
      'No servers yet. Add one: mcpctl add <name>. What there is: mcpctl list --catalog',
      ...remarks,
    ].join('\n');
  }
  const head = ['name', 'source', 'version', 'scope', 'transport', 'state'].map((cell) => style.dim(cell));
  const rows = servers.map((row) => [
    row.name,
    row.source,
    row.version ?? '-',
    row.scope,
    row.transport,
    [row.locked ? 'locked' : style.yellow('not locked'), ...(row.disabled ? ['disabled'] : [])].join(', '),
  ]);
  return [table({ head, rows, width }), ...remarks].join('\n');
}

type Source = { readonly source: string; readonly version?: string };

function lockedSource(lock: LockEntry, entry: ServerEntry): Source {
  const { source } = lock;
  const version = lockedVersion(lock);
  const named = (text: string): Source => ({ source: text, ...(version !== undefined && { version }) });
  switch (source.type) {
    case 'npm':
    case 'pypi':
      return named(`${source.type} ${source.package}`);
    case 'oci':
      return named(`oci ${source.image}`);
    case 'git':
      return named(`git ${withoutSecrets(source.url)}`);
    case 'path':
      return named(`path ${source.path}`);
    case 'mcpb':
      return named(`mcpb ${source.name}`);
    default:
      return writtenSource(entry);
  }
}

function writtenSource(entry: ServerEntry): Source {
  if ('url' in entry && typeof entry.url === 'string')
    return { source: `remote ${withoutSecrets(entry.url)}` };
  const { command, args = [] } = entry as { command: string; args?: string[] };
  const found = readPackageCommand(command, args);
  if (!found) return { source: `command ${command}` };
  return { source: `${found.type} ${found.package}`, ...(found.version && { version: found.version }) };
}

function transportOf(entry: ServerEntry): ServerRow['transport'] {
  if (!('url' in entry)) return 'stdio';
  return entry.type === 'sse' ? 'sse' : 'http';
}

/** An address without user name, password and query, which may hold keys. */
export function withoutSecrets(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1').replace(/[?#].*$/s, '');
}
