import type { ServerEntry } from '../../manifest/entry.ts';
import type { Resolution } from '../sources/source.ts';
import type { Spec } from '../spec.ts';

/** The readable, pinned manifest entry of a server. `spec` has its blanks filled. */
export function entryOf(resolution: Resolution, spec: Spec): ServerEntry {
  const plain = resolution.command(spec);
  if (plain) {
    return {
      command: plain.command,
      args: [...plain.args],
      ...(hasAny(spec.env) && { env: { ...spec.env } }),
    };
  }
  const { wanted } = spec;
  return {
    ...(wanted.type === 'remote' && wanted.transport === 'sse' && { type: 'sse' as const }),
    url: wanted.type === 'remote' ? wanted.url : '',
    ...(hasAny(spec.headers) && { headers: { ...spec.headers } }),
    ...(spec.auth === 'oauth' && { auth: 'oauth' as const, ...spec.oauth }),
  } as ServerEntry;
}

function hasAny(values: Readonly<Record<string, string>>): boolean {
  return Object.keys(values).length > 0;
}
