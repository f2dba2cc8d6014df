import type { JsonObject } from '../core/json.ts';

/** What a user asked for, before anything was looked up: which code or address, and which version if any. */
export type Wanted =
  /** `version` is an exact version, a range or a tag; the newest when absent. */
  | { readonly type: 'npm'; readonly package: string; readonly version?: string; readonly bin?: string }
  | {
      readonly type: 'pypi';
      readonly package: string;
      readonly version?: string;
      readonly executable?: string;
    }
  /** `options` are further options of `docker run`, such as mounts; never values of variables. */
  | {
      readonly type: 'oci';
      readonly image: string;
      readonly tag?: string;
      readonly digest?: string;
      readonly options?: readonly string[];
    }
  | { readonly type: 'git'; readonly url: string; readonly ref?: string; readonly bin?: string }
  | { readonly type: 'path'; readonly path: string; readonly bin?: string }
  /** `origin` is an absolute path or an https URL. */
  | { readonly type: 'mcpb'; readonly origin: string; readonly sha256?: string }
  | { readonly type: 'remote'; readonly url: string; readonly transport?: 'http' | 'sse' }
  | { readonly type: 'command'; readonly command: string; readonly args: readonly string[] };

/** A value behind a `${NAME}` reference of the entry: a key, an address, an account. */
export interface Variable {
  readonly name: string;
  readonly secret: boolean;
  /** Typed as `name:password`, kept in base64. */
  readonly basic?: boolean | undefined;
  readonly required: boolean;
  readonly description?: string;
  /** Where to get it. */
  readonly where?: string;
  readonly example?: string;
}

/** A plain setting written as `{name}` in the URL or the arguments; its value goes into the manifest as it is. */
export interface Blank {
  readonly description: string;
  readonly default?: string;
  readonly example?: string;
  readonly choices?: readonly string[];
  /** True when it takes several values, an argument each. */
  readonly many?: boolean;
  /** True when the server does without; what holds the blank is then left out. */
  readonly optional?: boolean;
}

/** One server as asked for: enough to look up an exact version and to write its manifest entry. */
export interface Spec {
  readonly name: string;
  readonly wanted: Wanted;
  /** Arguments of the server itself; may hold blanks. */
  readonly args: readonly string[];
  /** Manifest values: references, or plain settings that are no secret. */
  readonly env: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly variables: readonly Variable[];
  readonly blanks: Readonly<Record<string, Blank>>;
  readonly auth?: 'oauth' | 'none' | 'api-key';
  /** Further keys of a remote entry, such as `scopes` and `clientId`. */
  readonly oauth?: Readonly<Record<string, string | number | readonly string[]>>;
  /** First harmless call; without it only `tools/list` is asked. */
  readonly firstCall?: FirstCall;
  /** Catalog slug or registry name. */
  readonly catalog?: string;
  /** Name of the registry of the user's own it comes from. */
  readonly registry?: string;
  /** The version the registry calls it by. */
  readonly registryVersion?: string;
  /** SHA-512 or SHA-256 text that what is fetched must have, where the asker knows it. */
  readonly integrity?: string;
  /** Remarks on what was chosen and why, for the plan. */
  /** The command that adds it with a key instead of a sign-in, where a key works. */
  readonly keyWay?: string;
  readonly notes: readonly string[];
}

export interface FirstCall {
  readonly tool: string;
  readonly arguments: JsonObject;
  /** Arguments added to the server's own for this call. */
  readonly startArgs?: readonly string[];
}

/** A spec with nothing but what to fetch. */
export function bareSpec(name: string, wanted: Wanted): Spec {
  return { name, wanted, args: [], env: {}, headers: {}, variables: [], blanks: {}, notes: [] };
}

const BLANK = /(?<!\$)\{([A-Za-z_][A-Za-z0-9_.-]*)\}/g;

/** Puts values into the blanks: one that takes several gives an argument each, one without any takes its text with it. */
export function fillBlanks(spec: Spec, values: Readonly<Record<string, readonly string[]>>): Spec {
  const known = (name: string): readonly string[] | undefined =>
    spec.blanks[name] ? values[name] : undefined;
  const fill = (text: string): string =>
    text.replaceAll(BLANK, (whole, name: string) => known(name)?.[0] ?? whole);
  const isDropped = (text: string): boolean =>
    [...text.matchAll(BLANK)].some(([, name = '']) => known(name)?.length === 0);
  const args = spec.args.flatMap((argument) => {
    if (isDropped(argument)) return [];
    const name = /^\{([A-Za-z_][A-Za-z0-9_.-]*)\}$/.exec(argument)?.[1];
    const several = name === undefined ? undefined : known(name);
    return several ? [...several] : [fill(argument)];
  });
  const fillAll = (texts: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(texts).flatMap(([key, text]) => (isDropped(text) ? [] : [[key, fill(text)]])),
    );
  return {
    ...spec,
    args,
    env: fillAll(spec.env),
    headers: fillAll(spec.headers),
    wanted: spec.wanted.type === 'remote' ? { ...spec.wanted, url: fill(spec.wanted.url) } : spec.wanted,
    blanks: Object.fromEntries(Object.entries(spec.blanks).filter(([name]) => !values[name])),
  };
}
