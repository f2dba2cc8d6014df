import type { JsonObject } from '../core/json.ts';
import type { Dialect } from '../documents/document.ts';
import type { Shape } from './adapter.ts';
import { type ClientEntry, stringList, stringMap } from './entry.ts';

/** Comments, trailing commas and a byte order mark each make the client lose the file; also where that is not known. */
export const STRICT_JSON: Dialect = {
  format: 'json',
  allowComments: false,
  allowTrailingCommas: false,
  allowByteOrderMark: false,
};

export const JSON_WITH_COMMENTS: Dialect = { ...STRICT_JSON, format: 'jsonc', allowComments: true };

export const JSONC: Dialect = { ...JSON_WITH_COMMENTS, allowTrailingCommas: true };

export interface MapShapeOptions {
  /** Value of `type` for a program; no `type` is written when undefined. */
  readonly stdioType?: string;
  /** Value of `type` by transport, `null` to write none; undefined when the client cannot load remote servers. */
  readonly remoteTypes?: { readonly http: string | null; readonly sse?: string | null };
  /** What an entry with a URL and no `type` means; http by default. */
  readonly untypedRemote?: 'http' | 'sse';
  readonly urlKey?: string;
  /** Keys read as the URL besides `urlKey`. */
  readonly otherUrlKeys?: readonly string[];
  /** Key of the working folder; undefined when the client has none. */
  readonly cwdKey?: string;
  readonly check?: Shape['check'];
}

/** The shape most clients share: `command`, `args`, `env`, or a URL with `headers`. */
export function mapShape(options: MapShapeOptions = {}): Shape {
  const { stdioType, remoteTypes, untypedRemote = 'http', urlKey = 'url', cwdKey, check } = options;
  const urlKeys = [urlKey, ...(options.otherUrlKeys ?? [])];
  return {
    transports: [
      'stdio',
      ...(remoteTypes ? ['http' as const] : []),
      ...(hasSse(options) ? ['sse' as const] : []),
    ],
    keepsWorkingFolder: cwdKey !== undefined,
    launchKeys: ['type', 'command', 'args', 'env', 'headers', ...urlKeys, ...(cwdKey ? [cwdKey] : [])],
    encode: (entry) => {
      if (entry.kind === 'stdio') {
        return {
          ...(stdioType !== undefined && { type: stdioType }),
          command: entry.command,
          args: [...entry.args],
          ...(Object.keys(entry.env).length > 0 && { env: { ...entry.env } }),
          ...(cwdKey !== undefined && entry.cwd !== undefined && { [cwdKey]: entry.cwd }),
        };
      }
      const type = remoteTypes?.[entry.transport ?? 'http'];
      return {
        ...(typeof type === 'string' && { type }),
        [urlKey]: entry.url,
        ...(Object.keys(entry.headers).length > 0 && { headers: { ...entry.headers } }),
      } as JsonObject;
    },
    decode: (value) => {
      if (typeof value.command === 'string' && value.command !== '') return decodeStdio(value, cwdKey);
      const url = urlKeys.map((key) => value[key]).find((item) => typeof item === 'string');
      if (typeof url !== 'string' || !remoteTypes) return undefined;
      return {
        kind: 'remote',
        url,
        headers: stringMap(value.headers),
        transport: transportOf(value.type, remoteTypes, untypedRemote),
      };
    },
    ...(check && { check }),
  };
}

function decodeStdio(value: Readonly<Record<string, unknown>>, cwdKey: string | undefined): ClientEntry {
  const cwd = cwdKey === undefined ? undefined : value[cwdKey];
  return {
    kind: 'stdio',
    command: String(value.command),
    args: stringList(value.args),
    env: stringMap(value.env),
    ...(typeof cwd === 'string' && { cwd }),
  };
}

function hasSse({ remoteTypes }: MapShapeOptions): boolean {
  return remoteTypes?.sse !== undefined;
}

function transportOf(
  type: unknown,
  { sse }: NonNullable<MapShapeOptions['remoteTypes']>,
  untyped: 'http' | 'sse',
): 'http' | 'sse' {
  if (typeof type !== 'string') return untyped;
  return type === sse || type === 'sse' ? 'sse' : 'http';
}
