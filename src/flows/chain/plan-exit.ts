import { ERROR_CODES } from '../../core/error-codes.ts';
import { callsOf, type Plan } from '../../pipelines/plan/plan.ts';

/** Exit status of a plan that is only shown: that of the worst thing in it. */
export function planExit(plan: Plan): number {
  if (plan.problems.length > 0) return ERROR_CODES.PIPELINE_INVALID.exit;
  if (callsOf(plan).some(({ denied }) => denied !== undefined)) return ERROR_CODES.TOOL_DENIED.exit;
  return plan.servers.find(({ error }) => error)?.error?.exitStatus ?? 0;
}
