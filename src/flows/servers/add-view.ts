import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import type { AddedServer, AddOutcome } from '../../servers/add/add-servers.ts';
import type { FlowResult } from './add-flow.ts';

type Shown = AddOutcome & Partial<Pick<FlowResult, 'restored'>>;

/** What `add` did, for `--json`. Holds no secret. */
export function addDocument({ added, failed, restored = [] }: Shown) {
  return {
    restored,
    added: added.map(({ name, entry, lock, folder, verification, ...rest }) => ({
      name,
      entry,
      source: lock.source,
      ...(lock.runtime && { runtime: lock.runtime }),
      ...(folder !== undefined && { folder }),
      ...(verification && {
        tools: Object.keys(verification.tools.tools),
        protocolVersion: verification.tools.protocolVersion,
        ...(verification.hidden && { hidden: verification.hidden }),
        ...(verification.firstCall && { firstCall: verification.firstCall }),
      }),
      ...rest,
    })),
    failed: failed.map(({ name, error: { code, message, hint } }) => ({ name, code, message, hint })),
  };
}

/** The receipt of `add` for people. */
export function renderAdded({ added, failed, restored = [] }: Shown, style: Style): string {
  return [
    ...restored.map(({ name }) => `${style.green('✓')} ${style.bold(name)} installed as it is locked`),
    ...added.map((server) => receipt(server, style)),
    ...failed.map(({ name, error: { code, message, hint } }) =>
      [`${style.red('✗')} ${name} ${style.dim(code)} ${message}`, ...(hint ? [`  ${hint}`] : [])].join('\n'),
    ),
  ].join('\n\n');
}

function receipt(server: AddedServer, style: Style): string {
  const { name, lock, signedIn, verification, notStarted, clients, notes, next, timings } = server;
  const tools = Object.keys(verification?.tools.tools ?? {});
  const call = verification?.firstCall;
  const times = Object.entries(timings).map(
    ([part, duration]) => `${part} ${(duration / 1000).toFixed(1)} s`,
  );
  return [
    `${style.green('✓')} ${style.bold(name)} ${style.dim(versionOf(lock.source))}`,
    ...(signedIn
      ? [`  signed in${signedIn.account ? ` as ${plainLine(signedIn.account)}` : ''} at ${signedIn.issuer}`]
      : []),
    ...(verification
      ? [`  ${tools.length === 1 ? '1 tool' : `${tools.length} tools`}: ${shortList(tools)}`]
      : [`  not started: ${notStarted}`]),
    ...(verification?.hidden ?? []).map(
      ({ tool, what }) =>
        `  ${style.yellow('!')} ${plainLine(tool)} hides something: ${what.join(', ')}. See it: mcpctl tools ${name} --json`,
    ),
    ...(call
      ? [`  ${call.tool}: ${call.isError ? style.yellow(`answered with an error: ${call.text}`) : call.text}`]
      : []),
    `  ${clients.length > 0 ? `told ${clients.join(', ')}` : 'no client was told; later: mcpctl sync'}`,
    ...notes.map((note) => `  ${style.dim(note)}`),
    `  ${style.dim(times.join(', '))}`,
    ...next.map((command) => `  ${style.cyan('next')} ${command}`),
  ].join('\n');
}

function versionOf(source: AddedServer['lock']['source']): string {
  switch (source.type) {
    case 'npm':
    case 'pypi':
      return `${source.package} ${source.version}`;
    case 'oci':
      return `${source.image}@${source.digest.slice(0, 19)}`;
    case 'git':
      return `${source.url} ${source.commit.slice(0, 12)}`;
    case 'mcpb':
      return `${source.name} ${source.version}`;
    case 'path':
      return source.path;
    case 'remote':
      return source.url;
    case 'command':
      return 'runs as written, unpinned';
  }
}

function shortList(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(', ');
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}
