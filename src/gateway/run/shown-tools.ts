import { isRecord } from '../../core/json.ts';
import { splice } from '../../mcp/splice.ts';
import type { Policy } from '../policy.ts';
import { claimsOf } from '../tool-claims.ts';

/** An answer to `tools/list` without the tools that may not be called; the same bytes when all of them may. */
export function withoutDenied(
  line: Buffer,
  tools: readonly unknown[],
  server: string,
  policy: Policy,
): Buffer {
  if (!policy.restricts(server)) return line;
  const shown = tools.filter((tool) => {
    if (!isRecord(tool) || typeof tool.name !== 'string') return true;
    return policy.judge({ server, tool: tool.name, ...claimsOf(tool.annotations) }).isAllowed;
  });
  if (shown.length === tools.length) return line;
  return splice(line, [{ path: ['result', 'tools'], json: JSON.stringify(shown) }]);
}
