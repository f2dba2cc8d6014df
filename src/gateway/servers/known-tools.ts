import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../../core/json.ts';
import { isTool, type Tool } from '../../mcp/tools.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';

/** Tools of servers as they were listed last, so that questions about them start nothing. */
export interface KnownTools {
  /** Undefined when nothing of the server was kept. */
  read(server: string): Promise<readonly Tool[] | undefined>;
  write(server: string, tools: readonly Tool[]): Promise<void>;
}

const VERSION = 1;
/** Characters that are kept of a server; whoever sends more is asked each time. */
const LONGEST = 4 * 1024 * 1024;

/** One file a server, 0600, in the cache folder. One that cannot be used or written costs a listing, nothing else. */
export function createKnownTools(cache: string): KnownTools {
  const pathOf = (server: string): string => join(cache, 'tools', `${encodeURIComponent(server)}.json`);
  return {
    async read(server) {
      try {
        const value: unknown = JSON.parse(await readFile(pathOf(server), 'utf8'));
        if (!isRecord(value) || value.version !== VERSION || !Array.isArray(value.tools)) return undefined;
        return value.tools.every(isTool) ? value.tools : undefined;
      } catch {
        return undefined;
      }
    },
    async write(server, tools) {
      const text = JSON.stringify({ version: VERSION, tools });
      if (text.length > LONGEST) return;
      await writeFileAtomic(pathOf(server), text, { exactMode: 0o600 }).catch(() => {});
    },
  };
}
