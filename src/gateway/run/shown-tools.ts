import type { Policy } from '../../calls/policy.ts';
import { claimsOf } from '../../calls/tool-claims.ts';
import { isRecord } from '../../core/json.ts';
import { elementsAt } from '../../mcp/json-scan.ts';
import { splice, valueAt } from '../../mcp/splice.ts';

const PATH = ['result', 'tools'];

/** An answer to `tools/list` without the tools that may not be called; the same bytes when all of them may. */
export function withoutDenied(
  line: Buffer,
  tools: readonly unknown[],
  server: string,
  policy: Policy,
): Buffer {
  if (!policy.restricts(server)) return line;
  const isShown = (tool: unknown): boolean =>
    !isRecord(tool) ||
    typeof tool.name !== 'string' ||
    policy.judge({ server, tool: tool.name, ...claimsOf(tool.annotations) }).isAllowed;
  const shown = tools.map(isShown);
  if (!shown.includes(false)) return line;
  // As the server wrote them: numbers of any size survive.
  const list = valueAt(line, PATH) ?? Buffer.alloc(0);
  const texts = elementsAt(list, 0)?.map(({ start, end }) => list.toString('utf8', start, end));
  const kept = texts?.filter((_, index) => shown[index]) ?? [];
  return splice(line, [{ path: PATH, json: `[${kept.join(',')}]` }]);
}
