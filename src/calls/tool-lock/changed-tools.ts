import type { LockTools } from '../../manifest/lock-schema.ts';
import { driftOf } from '../../mcp/tool-drift.ts';
import { hashTools, type Tool } from '../../mcp/tools.ts';

/** Names of tools that are not what was locked: other than they were, new, or gone. None where nothing was locked. */
export function changedTools(tools: readonly Tool[], locked: LockTools | undefined): string[] {
  if (!locked) return [];
  const { changed, added, gone } = driftOf(locked.tools, hashTools(tools).tools);
  return [...changed, ...added, ...gone];
}

/** The same for lists that are judged again and again, since hashing is the dear part. */
export function createChangedTools(): typeof changedTools {
  let last: { tools: readonly Tool[]; locked: LockTools | undefined; changed: string[] } | undefined;
  return (tools, locked) => {
    if (last?.tools !== tools || last.locked !== locked)
      last = { tools, locked, changed: changedTools(tools, locked) };
    return last.changed;
  };
}
