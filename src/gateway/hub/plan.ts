import type { ServerChange } from '../../calls/cache/generations.ts';
import type { ResourceCache } from '../../calls/cache/resource-cache.ts';
import type { ToolHandler } from '../../calls/tool-call.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Offerings } from './offerings.ts';
import type { ServerHere } from './servers-here.ts';
import type { StackPorts } from './stack-ports.ts';

/** What manifest, lock and settings say the gateway is to be. Made anew when one of the files changes. */
export interface HubPlan {
  /** In the order of the manifest. */
  readonly servers: readonly ServerHere[];
  /** Silence after which a server that others can have again is stopped, in milliseconds; 0: never. */
  readonly idleStopMs: number;
  readonly calls: CallPlan;
  /** What of all that each client is offered. Another one comes with other `calls`. */
  readonly offerings: Offerings;
}

/** How tool calls are treated. */
export interface CallPlan {
  /** Puts the layers around what asks the server. Called once. */
  stack(ports: StackPorts, innermost: ToolHandler): ToolHandler;
  readonly resources: ResourceCache;
  /** Nothing kept of the server is served again; without `changes` not even results of its tools. */
  forget(server: string, changes?: readonly ServerChange[]): void;
  /** Whether a tool is in the lists of a principal. */
  shows(principal: string, server: string, tool: JsonObject): boolean;
  /** Whether a tool searches the web: the last resort where no other fits. */
  isWebSearch(tool: { readonly server: string; readonly tool: string }): boolean;
}
