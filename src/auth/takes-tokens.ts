import { isRemote, type RemoteEntry, type ServerEntry } from '../manifest/entry.ts';
import type { RemoteTarget, ServerTarget } from '../mcp/transport.ts';

/** A server one may sign in to: reached by URL, not told otherwise, and without a key in a header. */
export function takesTokens(entry: ServerEntry, target: ServerTarget): entry is RemoteEntry {
  if (!isRemote(entry) || target.kind !== 'remote' || !URL.canParse(target.url)) return false;
  if (entry.auth === 'none' || entry.auth === 'api-key') return false;
  return entry.auth === 'oauth' || !hasAuthorization(target);
}

function hasAuthorization({ headers }: RemoteTarget): boolean {
  return Object.keys(headers).some((name) => /^authorization$/i.test(name));
}
