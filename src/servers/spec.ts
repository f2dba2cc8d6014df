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

/** A value only the user has: a key, an address, an account. */
export interface Input {
  /** Name of the variable that holds it, used as `${NAME}` in the manifest. */
  readonly name: string;
  readonly secret: boolean;
  readonly required: boolean;
  readonly description?: string;
  /** Where to get it. */
  readonly obtain?: string;
  readonly fallback?: string;
  /** Where the reference goes. In a template `{}` stands for the reference, e.g. `Bearer {}`. */
  readonly place:
    | { readonly kind: 'env'; readonly key: string }
    | { readonly kind: 'header'; readonly key: string; readonly template: string }
    | { readonly kind: 'argument'; readonly template: string }
    | { readonly kind: 'url'; readonly placeholder: string };
}

/** One server as asked for: enough to look up an exact version and to write its manifest entry. */
export interface Spec {
  readonly name: string;
  readonly wanted: Wanted;
  /** Arguments of the server itself. */
  readonly args: readonly string[];
  /** Manifest values: references, or plain settings that are no secret. */
  readonly env: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly inputs: readonly Input[];
  readonly auth?: 'oauth' | 'none' | 'api-key';
  readonly scopes?: readonly string[];
  /** First harmless call; without it only `tools/list` is asked. */
  readonly smoke?: { readonly tool: string; readonly arguments: Readonly<Record<string, unknown>> };
  /** Catalog slug or registry name. */
  readonly catalog?: string;
  readonly notes: readonly string[];
}
