import { type Policy, refusalOf } from '../policy.ts';
import type { ToolAnswer, ToolCall, ToolHandler, ToolMiddleware } from '../tool-call.ts';

export interface PolicyOptions {
  readonly policy: Policy;
  /** Finds out what the server says of a tool, where nobody knows yet. Never rejects: what stays unknown is judged so. */
  learn(call: ToolCall): Promise<void>;
}

/** Refuses calls that are not allowed. @throws TOOL_DENIED, REGION_REFUSED */
export function policy({ policy: rules, learn }: PolicyOptions): ToolMiddleware {
  const judged = async (next: ToolHandler, call: ToolCall): Promise<ToolAnswer> => {
    if (call.intent === 'unknown' && rules.needsIntent(call.server)) await learn(call);
    const verdict = rules.judge(call);
    if (verdict.rule !== undefined) call.notes.policy = verdict.rule;
    if (!verdict.isAllowed) throw refusalOf(call, verdict);
    return await next(call);
  };
  return (next) => (call) => (rules.restricts(call.server) ? judged(next, call) : next(call));
}
