import { parseReferences } from '../core/reference.ts';
import type { Scope } from '../manifest/scopes.ts';

/** A name servers refer to, as `${NAME}` or `${keychain:NAME}`. */
export interface Need {
  readonly name: string;
  /** Names of the servers, in manifest order. */
  readonly servers: string[];
  /** False when every reference brings a default. */
  required: boolean;
  /** False when only `${keychain:NAME}` refers to it, so that the environment and `.env` don't count. */
  fromEnvironment: boolean;
  /** True when a project's entry refers to it. */
  fromProject: boolean;
}

export interface NeedySource {
  readonly name: string;
  /** A manifest entry: every string in it is looked at. */
  readonly entry: unknown;
  /** Whose entry it is; the user's when absent. */
  readonly scope?: Scope;
}

/** Every name the servers need, in the order the manifest mentions them. */
export function needsOf(servers: Iterable<NeedySource>): Need[] {
  const needs = new Map<string, Need>();
  for (const { name: server, entry, scope } of servers) {
    for (const text of stringsIn(entry)) {
      for (const segment of parseReferences(text)) {
        const name = nameIn(segment);
        if (name === undefined) continue;
        const need = needs.get(name) ?? newNeed(name);
        needs.set(name, need);
        if (!need.servers.includes(server)) need.servers.push(server);
        need.required ||= segment.kind !== 'name' || segment.fallback === undefined;
        need.fromEnvironment ||= segment.kind === 'name';
        need.fromProject ||= scope === 'project';
      }
    }
  }
  return [...needs.values()];
}

function newNeed(name: string): Need {
  return { name, servers: [], required: false, fromEnvironment: false, fromProject: false };
}

function nameIn(segment: ReturnType<typeof parseReferences>[number]): string | undefined {
  if (segment.kind === 'name') return segment.name;
  return segment.kind === 'scheme' && segment.scheme === 'keychain' ? segment.path : undefined;
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
