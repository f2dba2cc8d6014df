import type { ToolCall } from '../../calls/tool-call.ts';

/** What layers may ask the hub. */
export interface StackPorts {
  /** Finds out what the server says of a tool, where the call does not know it yet. Never rejects. */
  learn(call: ToolCall): Promise<void>;
  /** The same for a tool of any server; undefined when that cannot be found out. */
  describe(server: string, tool: string): Promise<Pick<ToolCall, 'intent' | 'isIdempotent'> | undefined>;
}
