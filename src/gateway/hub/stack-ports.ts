import type { ToolCall } from '../../calls/tool-call.ts';
import type { DescribedTool } from '../../calls/tool-claims.ts';

/** What layers may ask the hub. */
export interface StackPorts {
  /** Finds out what the server says of a tool, where the call does not know it yet. Never rejects. */
  learn(call: ToolCall): Promise<void>;
  /** The same for a tool of any server, as whoever makes a call sees it; undefined when that cannot be found out. */
  describe(server: string, tool: string, call: ToolCall): Promise<DescribedTool | undefined>;
}
