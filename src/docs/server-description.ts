import type { JsonObject } from '../core/json.ts';
import type { Tool } from '../mcp/tools.ts';
import type { Installation } from './install-snippets.ts';

/** A call that was made, and what came back. */
export interface Example {
  readonly tool: string;
  /** What it shows, where somebody said so. */
  readonly label?: string;
  readonly arguments: JsonObject;
  /** Without secrets and paths of the machine, of bounded length. */
  readonly answer: string;
  readonly isJson: boolean;
  readonly isError: boolean;
}

/** A variable the server reads, as its own files describe it. */
export interface DescribedVariable {
  readonly name: string;
  readonly description?: string;
  readonly required: boolean;
  readonly secret: boolean;
  readonly default?: string;
  readonly choices?: readonly string[];
}

/** Everything a page says of a server; nothing in it depends on the machine or the time, but for answers. */
export interface ServerDescription {
  /** What the manifest calls it. */
  readonly name: string;
  readonly title: string;
  readonly version?: string;
  readonly description?: string;
  readonly instructions?: string;
  readonly protocolVersion: string;
  /** Each list sorted by name. */
  readonly tools: readonly Tool[];
  readonly resources: readonly JsonObject[];
  readonly templates: readonly JsonObject[];
  readonly prompts: readonly JsonObject[];
  readonly examples: readonly Example[];
  readonly variables: readonly DescribedVariable[];
  readonly installation: Installation;
}
