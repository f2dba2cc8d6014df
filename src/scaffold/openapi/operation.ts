import type { JsonObject } from '../../core/json.ts';

/** An operation of an API as a tool: what a new server holds in `src/operations.ts`. */
export interface Operation {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly {
    readonly argument: string;
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly style: 'repeated' | 'comma' | 'deep';
  }[];
  readonly hasBody: boolean;
  readonly annotations: JsonObject;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject;
}

/** What an OpenAPI document says of an API. */
export interface ApiDescription {
  readonly title: string | undefined;
  /** Base address; undefined when the document names none that can be used. */
  readonly url: string | undefined;
  /** How the token is sent, as `API_AUTH` takes it; undefined when the document says nothing that fits. */
  readonly auth: string | undefined;
  readonly operations: readonly Operation[];
  /** Operations that cannot be tools, each with the reason. */
  readonly left: readonly { readonly operation: string; readonly why: string }[];
}
