import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { callsOf, type Plan } from '../../pipelines/plan/plan.ts';
import { renderPlan, writesOf } from './plan-view.ts';

/**
 * Refuses a plan that cannot go well: what the servers do not take, what policy forbids, and servers that do not answer
 * although a step cannot do without. Nothing was called by then.
 * @throws PIPELINE_INVALID, TOOL_DENIED, and why a server cannot be used.
 */
export function refuseBadPlan(plan: Plan): void {
  const { problems, servers, steps, name } = plan;
  const [first] = problems;
  if (first) {
    const { file, line, column, message, hint } = first;
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
    throw new McpctlError('PIPELINE_INVALID', `${file}:${line}:${column}: ${message}${more}.`, {
      hint,
      data: { file, problems },
    });
  }
  const denied = callsOf(plan).find((call) => call.denied !== undefined);
  if (denied) {
    const { server, tool, denied: rule } = denied;
    throw new McpctlError(
      'TOOL_DENIED',
      `${name} calls ${tool} of ${server}, which the rule "${rule}" of policy forbids.`,
      {
        hint: 'See policy in the settings: mcpctl config show. Nothing was called.',
        data: { server, tool },
      },
    );
  }
  for (const { name: server, error } of servers) {
    const isNeeded = steps.some((step) => step.server === server && step.onError === 'abort');
    if (error && isNeeded) throw error;
  }
}

/** Asks whether the calls that may write are to be made. @throws PIPELINE_UNAPPROVED, CANCELLED */
export async function approvePlan(plan: Plan, isApproved: boolean, context: Context): Promise<void> {
  const { prompt, output } = context;
  const writes = writesOf(plan);
  if (writes.length === 0 || isApproved) return;
  if (!prompt.canAsk) {
    throw new McpctlError(
      'PIPELINE_UNAPPROVED',
      `${plan.name} may write, and nobody can be asked here: ${writes.join('; ')}. Nothing was called.`,
      { hint: 'Look at it with --dry-run, then pass --yes.', data: { writes } },
    );
  }
  output.note(renderPlan(plan, output.style, output.stderr.columns ?? 80));
  const message = `These may write: ${writes.join('; ')}. Run it?`;
  if (await prompt.confirm({ message, flag: '--yes', initial: false })) return;
  throw new McpctlError('CANCELLED', `${plan.name} was not run; nothing was called.`);
}
