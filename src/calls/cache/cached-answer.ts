import { isRecord } from '../../core/json.ts';
import { splice, withId } from '../../mcp/splice.ts';
import type { ToolAnswer, ToolCall } from '../tool-call.ts';

export type CacheStatus = 'hit' | 'miss' | 'stale' | 'bypass';

interface CacheRemark {
  readonly status: CacheStatus;
  readonly ageMs: number;
}

/** Whether an answer serves for others like it: a whole result that is neither an error nor too long. */
export function isKeepable({ line, outcome, isPartial }: ToolAnswer, maxBytes: number): boolean {
  if (outcome !== 'ok' || isPartial || line.length > maxBytes) return false;
  const answer: unknown = JSON.parse(line.toString());
  const result = isRecord(answer) ? answer.result : undefined;
  if (!isRecord(result) || result.isError === true) return false;
  // A task is one caller's, and other types of results are not known here.
  return (result.resultType === undefined || result.resultType === 'complete') && result.task === undefined;
}

/** The answer's line with the call's id, saying where it comes from if that is to be said. All other bytes stay. */
export function answerFor({ id }: Pick<ToolCall, 'id'>, line: Buffer, remark?: CacheRemark): Buffer {
  if (!remark) return withId(line, id);
  return splice(line, [
    { path: ['id'], json: id },
    { path: ['result', '_meta', 'mcpctl/cache'], json: JSON.stringify(remark) },
  ]);
}
