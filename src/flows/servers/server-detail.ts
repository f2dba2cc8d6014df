import { hasReference } from '../../core/reference.ts';
import { findLiteralSecret } from '../../core/secret-patterns.ts';
import { estimateTokens } from '../../core/token-estimate.ts';
import type { LockEntry } from '../../manifest/lock-schema.ts';
import type { ManifestServer } from '../../manifest/manifest.ts';
import type { Tool } from '../../mcp/tools.ts';
import type { Style } from '../../platform/style.ts';
import { type ServerRow, serverRow, withoutSecrets } from './server-row.ts';

/** A server of the manifest as `info` shows it. Values are shown only where they are references. */
export interface ServerDetail extends ServerRow {
  readonly url?: string;
  readonly command?: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth?: string;
  readonly scopes?: readonly string[];
  /** Its tools as they were listed last, and about how many tokens their list has. */
  readonly listed?: { readonly tools: number; readonly tokens: number };
  readonly lock?: {
    readonly lockedAt: string;
    readonly integrity?: string;
    /** e.g. `node 22.21.0`, when a runtime was installed beside the server. */
    readonly runtime?: string;
    /** Names of the tools seen when it was locked. */
    readonly tools?: readonly string[];
    readonly previous: readonly string[];
  };
}

/** `tools` are those it listed last, where that is known. */
export function serverDetail(
  server: ManifestServer,
  lock?: LockEntry,
  tools?: readonly Tool[],
): ServerDetail {
  const listed = tools && { listed: { tools: tools.length, tokens: estimateTokens(JSON.stringify(tools)) } };
  return { ...configured(server, lock), ...listed };
}

function configured(server: ManifestServer, lock?: LockEntry): ServerDetail {
  const { entry } = server;
  const row = serverRow(server, lock);
  if ('url' in entry && typeof entry.url === 'string') {
    const { auth, scopes } = entry as { auth?: string; scopes?: string[] };
    return {
      ...row,
      url: withoutSecrets(entry.url),
      env: {},
      headers: shown(entry.headers as Record<string, string> | undefined),
      ...(auth && { auth }),
      ...(scopes && { scopes }),
      ...(lock && { lock: lockDetail(lock) }),
    };
  }
  const { command, args = [], cwd, env } = entry as StdioShape;
  return {
    ...row,
    command: [command, ...args.map((word, index) => (isSecretArgument(args, index) ? HIDDEN : word))],
    ...(cwd && { cwd }),
    env: shown(env),
    headers: {},
    ...(lock && { lock: lockDetail(lock) }),
  };
}

interface StdioShape {
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const HIDDEN = '(written out, not shown)';

/** A reference names where a value is kept; a value itself may be a secret whatever its name says. */
function shown(values: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      hasReference(value) && !findLiteralSecret(name, value) ? value : HIDDEN,
    ]),
  );
}

function isSecretArgument(args: readonly string[], index: number): boolean {
  const before = args[index - 1] ?? '';
  return findLiteralSecret(before.startsWith('-') ? before : '', args[index] ?? '') !== undefined;
}

function lockDetail({ lockedAt, source, runtime, tools, previous = [] }: LockEntry): ServerDetail['lock'] {
  return {
    lockedAt,
    ...(source.type === 'npm' && { integrity: source.integrity }),
    ...(runtime && { runtime: `${runtime.package} ${runtime.version}` }),
    ...(tools && { tools: Object.keys(tools.tools).sort() }),
    previous: previous.map((version) =>
      'version' in version.source ? version.source.version : version.lockedAt,
    ),
  };
}

export function renderServerDetail(server: ServerDetail, style: Style): string {
  const { lock } = server;
  const list = (values: Readonly<Record<string, string>>): string[] =>
    Object.entries(values).map(([name, value]) => `${name} = ${value}`);
  const sections: [string, readonly string[]][] = [
    ['starts', server.command ? [server.command.join(' ')] : []],
    ['in folder', server.cwd ? [server.cwd] : []],
    ['connects', server.url ? [`${server.url} (${server.transport})`] : []],
    [
      'sign-in',
      [...(server.auth ? [server.auth] : []), ...(server.scopes ? [server.scopes.join(', ')] : [])],
    ],
    ['env', list(server.env)],
    ['headers', list(server.headers)],
    ['locked', lock ? [`${server.version ?? server.source}, ${lock.lockedAt}`] : ['no: mcpctl add pins it']],
    ['integrity', lock?.integrity ? [lock.integrity] : []],
    ['runtime', lock?.runtime ? [lock.runtime] : []],
    ['tools', lock?.tools ? [lock.tools.join(', ')] : []],
    ['costs', server.listed ? [costOf(server.listed)] : []],
    ['before', lock?.previous ?? []],
    ['manifest', [server.manifest]],
  ];
  const state = `${server.scope} scope${server.disabled ? ', disabled' : ''}`;
  return [
    `${style.bold(server.name)} in your manifest (${state})`,
    server.source,
    '',
    ...renderSections(sections, style),
  ].join('\n');
}

function costOf({ tools, tokens }: NonNullable<ServerDetail['listed']>): string {
  const count = tokens.toLocaleString('en-US');
  return `about ${count} tokens in every conversation, for ${tools} ${tools === 1 ? 'tool' : 'tools'} (mcpctl gateway cost)`;
}

const INDENT = 12;

/** Named blocks of lines, the names in a column of their own; empty ones are left out. */
export function renderSections(sections: readonly [string, readonly string[]][], style: Style): string[] {
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => `${style.cyan(name.padEnd(INDENT))}${lines.join(`\n${' '.repeat(INDENT)}`)}`);
}
