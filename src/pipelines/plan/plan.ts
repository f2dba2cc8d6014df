import type { Intent } from '../../audit/row.ts';
import { intentOf } from '../../calls/call-facts.ts';
import type { Verdict } from '../../calls/policy.ts';
import { closest } from '../../core/closest.ts';
import { McpctlError } from '../../core/errors.ts';
import type { DocumentPath } from '../../documents/document.ts';
import { createReport, type Problem } from '../../manifest/problem.ts';
import type { Tool } from '../../mcp/tools.ts';
import { callsIn, type Pipeline, type PipelineCall, type Step } from '../format/pipeline.ts';
import type { ReadPipeline } from '../format/read-pipeline.ts';
import { checkGivenArguments } from './check-arguments.ts';

/** What a call of a pipeline would be. */
export interface PlannedCall {
  readonly server: string;
  readonly tool: string;
  /** What the server says of the tool; `unknown` also where it could not be asked. */
  readonly intent: Intent;
  /** The rule of policy that forbids it. */
  readonly denied?: string;
}

export interface PlannedStep extends PlannedCall {
  readonly id: string;
  readonly after: readonly string[];
  readonly isConditional: boolean;
  /** Most calls, for a step with forEach. */
  readonly items?: number;
  readonly onError: Step['onError'];
  readonly fallback?: PlannedCall;
  readonly compensate?: PlannedCall;
}

export interface PlannedServer {
  readonly name: string;
  /** Why it could not be asked for its tools. */
  readonly error?: McpctlError;
}

/** What a run would do. */
export interface Plan {
  readonly name: string;
  readonly steps: readonly PlannedStep[];
  readonly servers: readonly PlannedServer[];
  /** Against what the servers offer. */
  readonly problems: readonly Problem[];
}

export interface PlanPorts {
  /** What a server offers. @throws McpctlError when it cannot be asked. */
  tools(server: string): Promise<readonly Tool[]>;
  judge(call: { readonly server: string; readonly tool: string; readonly intent: Intent }): Verdict;
}

/** Asks the servers of a pipeline for their tools and says what a run would do. Nothing is called. */
export async function planPipeline(
  { path, document, pipeline }: ReadPipeline & { readonly pipeline: Pipeline },
  ports: PlanPorts,
): Promise<Plan> {
  const servers = await askServers(pipeline, ports);
  const problems: Problem[] = [];
  const report = createReport(path, document, problems);
  const planned = async (call: PipelineCall, at: DocumentPath): Promise<PlannedCall> => {
    const { server, tool: name } = call;
    const answered = servers.get(server);
    const tool = answered?.tools?.find((one) => one.name === name);
    if (answered?.tools && !tool) report.add(unknownTool(call, answered.tools, [...at, 'call']));
    if (tool) {
      for (const problem of await checkGivenArguments(call.with, tool.inputSchema, pipeline)) {
        report.add({
          code: 'ARGUMENT_INVALID',
          severity: 'error',
          message: `${problem.path === '' ? 'the arguments' : problem.path} of ${server}.${name} ${problem.message}`,
          hint: `See what it takes: mcpctl tools ${server} ${name}`,
          path: [...at, 'with', ...problem.at],
          ...(problem.keyword.endsWith('Properties') && { at: 'key' }),
        });
      }
    }
    const intent = intentOf(tool?.annotations);
    const { isAllowed, rule } = ports.judge({ server, tool: name, intent });
    return { server, tool: name, intent, ...(!isAllowed && { denied: rule ?? 'policy' }) };
  };
  const steps: PlannedStep[] = [];
  for (const [index, step] of pipeline.steps.entries()) {
    const at = ['steps', index];
    const { id, after, onError, forEach, fallback, compensate } = step;
    steps.push({
      id,
      ...(await planned(step, at)),
      after,
      isConditional: step.if !== undefined,
      onError,
      ...(forEach && { items: typeof forEach.items === 'string' ? forEach.limit : forEach.items.length }),
      ...(fallback?.call && { fallback: await planned(fallback.call, [...at, 'fallback']) }),
      ...(compensate && { compensate: await planned(compensate, [...at, 'compensate']) }),
    });
  }
  const asked = [...servers].map(([name, { error }]) => ({ name, ...(error && { error }) }));
  return { name: pipeline.name, steps, servers: asked, problems };
}

/** Whether a call may change something; what says nothing of itself may. */
export function mayWrite({ intent }: Pick<PlannedCall, 'intent'>): boolean {
  return intent !== 'read';
}

/** Every call of a plan that may be made. */
export function callsOf({ steps }: Pick<Plan, 'steps'>): readonly PlannedCall[] {
  return steps.flatMap((step) => [
    step,
    ...(step.fallback ? [step.fallback] : []),
    ...(step.compensate ? [step.compensate] : []),
  ]);
}

interface Answered {
  readonly tools?: readonly Tool[];
  readonly error?: McpctlError;
}

async function askServers(pipeline: Pipeline, ports: PlanPorts): Promise<ReadonlyMap<string, Answered>> {
  const names = callsIn(pipeline).map(({ server }) => server);
  const asked = [...new Set(names)].map(async (name): Promise<[string, Answered]> => {
    try {
      return [name, { tools: await ports.tools(name) }];
    } catch (error) {
      if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
      return [name, { error }];
    }
  });
  return new Map(await Promise.all(asked));
}

function unknownTool({ server, tool }: PipelineCall, tools: readonly Tool[], path: DocumentPath) {
  const near = closest(
    tool,
    tools.map(({ name }) => name),
    3,
  );
  return {
    code: 'TOOL_UNKNOWN',
    severity: 'error',
    message: `${server} has no tool ${tool}`,
    hint: near.length > 0 ? `Did you mean: ${near.join(', ')}` : `mcpctl tools ${server}`,
    path,
  } as const;
}
