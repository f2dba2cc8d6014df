import type { LockTools } from '../../manifest/lock-schema.ts';
import { hashTool, isTool } from '../../mcp/tools.ts';

/** `changed`: its definition is not the one that was locked. `new`: nothing of that name was locked. */
export type Drift = 'changed' | 'new';

/** What the tools of servers were when they were locked, against what they are. */
export interface ToolLocks {
  /** Whether tools of the server were locked; of others nothing is known that could have changed. */
  holds(server: string): boolean;
  /** Takes note of tools as the server lists them now; a part of its list will do. */
  learn(server: string, tools: readonly unknown[]): void;
  /** How a tool differs from what was locked, as far as that was learned. */
  drift(server: string, tool: string): Drift | undefined;
}

/** The tools the lock has of a server now; it is asked again when something differs, since somebody may approve it. */
export type LockedTools = (server: string) => LockTools | undefined;

export function createToolLocks(locked: LockedTools): ToolLocks {
  const known = new Map<string, Map<string, string>>();
  /** Lists are judged again and again, and hashing is the dear part. */
  const hashes = new WeakMap<object, string>();
  const hashOf = (tool: object & { readonly name: string }): string => {
    const hash = hashes.get(tool) ?? hashTool(tool);
    hashes.set(tool, hash);
    return hash;
  };
  return {
    holds: (server) => locked(server) !== undefined,
    learn(server, tools) {
      if (!locked(server)) return;
      const listed = known.get(server) ?? new Map<string, string>();
      known.set(server, listed);
      for (const tool of tools) if (isTool(tool)) listed.set(tool.name, hashOf(tool));
    },
    drift(server, tool) {
      const tools = locked(server)?.tools;
      if (!tools) return undefined;
      if (!Object.hasOwn(tools, tool)) return 'new';
      const listed = known.get(server)?.get(tool);
      return listed === undefined || listed === tools[tool] ? undefined : 'changed';
    },
  };
}
