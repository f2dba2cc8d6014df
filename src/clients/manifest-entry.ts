import { isRemote, type RemoteEntry, type ServerEntry } from '../manifest/entry.ts';
import type { ClientEntry } from './entry.ts';

/** A manifest entry in neutral words: sign-in, scopes and other keys of ours never reach a client. */
export function fromManifest(entry: ServerEntry): ClientEntry {
  if (isRemote(entry)) {
    return {
      kind: 'remote',
      url: entry.url,
      headers: { ...entry.headers },
      transport:
        entry.type === 'sse' || (entry.type === undefined && isOldEndpoint(entry.url)) ? 'sse' : 'http',
    };
  }
  return {
    kind: 'stdio',
    command: entry.command,
    args: [...(entry.args ?? [])],
    env: { ...entry.env },
    ...(entry.cwd !== undefined && { cwd: entry.cwd }),
  };
}

/** A client's entry as the manifest has it. */
export function toManifest(entry: ClientEntry): ServerEntry {
  if (entry.kind === 'remote') {
    const remote: RemoteEntry = { url: entry.url };
    if (entry.transport === 'sse') remote.type = 'sse';
    if (Object.keys(entry.headers).length > 0) remote.headers = { ...entry.headers };
    return remote;
  }
  return {
    command: entry.command,
    ...(entry.args.length > 0 && { args: [...entry.args] }),
    ...(Object.keys(entry.env).length > 0 && { env: { ...entry.env } }),
    ...(entry.cwd !== undefined && { cwd: entry.cwd }),
  };
}

/** By convention the older SSE transport is served at `/sse`. */
function isOldEndpoint(url: string): boolean {
  return /^https?:\/\/[^?#]*\/sse\/?($|[?#])/.test(url);
}
