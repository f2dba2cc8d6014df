import { createHash } from 'node:crypto';
import { isRecord } from '../core/json.ts';

/** A program the client starts. */
export interface StdioLaunch {
  readonly kind: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A server the client reaches by URL. */
export interface RemoteLaunch {
  readonly kind: 'remote';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where the client's file does not say. */
  readonly transport?: 'http' | 'sse';
}

/** One server of a client's file in neutral words. Strings may hold references in the manifest's spelling. */
export type ClientEntry = StdioLaunch | RemoteLaunch;

/** Strings of an object whose other values are ignored; `undefined` reads as empty. */
export function stringMap(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (typeof item === 'string' ? [[key, item]] : [])),
  );
}

export function stringList(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

/** True when both start, or reach, the same thing in the same way. */
export function sameEntry(a: ClientEntry, b: ClientEntry): boolean {
  return canonical(a) === canonical(b);
}

/** SHA-256 of an entry: recognises what was written without keeping the values, which may be secret. */
export function fingerprint(entry: ClientEntry): string {
  return sha256(canonical(entry));
}

/** SHA-256 of the program or URL alone: still the same server after someone edited its environment. */
export function launchFingerprint(entry: ClientEntry): string {
  return sha256(entry.kind === 'stdio' ? `${entry.command}\0${entry.args[0] ?? ''}` : entry.url);
}

/** Every string of an entry with the field it stands in. */
export function stringsOf(entry: ClientEntry): { field: Field; key: string; value: string }[] {
  const map = (field: Field, values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => ({ field, key, value }));
  if (entry.kind === 'remote') {
    return [{ field: 'url', key: 'url', value: entry.url }, ...map('headers', entry.headers)];
  }
  return [
    { field: 'command', key: 'command', value: entry.command },
    ...entry.args.map((value, index) => ({ field: 'args' as const, key: String(index), value })),
    ...map('env', entry.env),
    ...(entry.cwd === undefined ? [] : [{ field: 'cwd' as const, key: 'cwd', value: entry.cwd }]),
  ];
}

export type Field = 'command' | 'args' | 'env' | 'cwd' | 'url' | 'headers';

/** The entry with each string replaced by what `change` makes of it. */
export function mapStrings(
  entry: ClientEntry,
  change: (value: string, field: Field, key: string) => string,
): ClientEntry {
  const map = (field: Field, values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, field, key)]));
  if (entry.kind === 'remote') {
    return { ...entry, url: change(entry.url, 'url', 'url'), headers: map('headers', entry.headers) };
  }
  return {
    ...entry,
    command: change(entry.command, 'command', 'command'),
    args: entry.args.map((value, index) => change(value, 'args', String(index))),
    env: map('env', entry.env),
    ...(entry.cwd !== undefined && { cwd: change(entry.cwd, 'cwd', 'cwd') }),
  };
}

function canonical(entry: ClientEntry): string {
  const sorted = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  return entry.kind === 'stdio'
    ? JSON.stringify(['stdio', entry.command, entry.args, sorted(entry.env), entry.cwd ?? null])
    : JSON.stringify(['remote', entry.url, sorted(entry.headers), entry.transport ?? 'http']);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
