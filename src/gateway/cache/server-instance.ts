import { createHash } from 'node:crypto';
import { canonicalJson } from '../../core/canonical-json.ts';
import { isRemote, type ServerEntry } from '../../manifest/entry.ts';
import type { ServerTarget } from '../../mcp/transport.ts';

export interface ServerConfiguration {
  readonly entry: ServerEntry;
  /** The same ready to start: its values tell when a secret was rotated. */
  readonly target: ServerTarget;
}

/** Changes with a server's program, address, settings and secrets; nothing of them can be read from it. */
export function configurationDigest({ entry, target }: ServerConfiguration): string {
  const parts = [canonicalJson(entry), target.kind, reached(target), values(entry, target)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

function reached(target: ServerTarget): readonly string[] {
  return target.kind === 'remote' ? [target.url] : [target.command, ...target.args];
}

/** What the entry sets; the rest of an environment is another one in every terminal. */
function values(
  entry: ServerEntry,
  target: ServerTarget,
): readonly (readonly [string, string | undefined])[] {
  if (target.kind === 'remote') return Object.entries(target.headers).sort();
  const names = isRemote(entry) ? [] : Object.keys(entry.env ?? {});
  return names.sort().map((name) => [name, target.env[name]]);
}
