import { displayWidth } from '../../cli/display-width.ts';
import { padText } from '../../cli/fit-text.ts';
import { table } from '../../cli/table.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import { counted } from '../../core/counted.ts';
import { drawGraph, mermaidGraph } from '../../pipelines/plan/graph.ts';
import {
  callsOf,
  mayWrite,
  type Plan,
  type PlannedCall,
  type PlannedStep,
} from '../../pipelines/plan/plan.ts';
import type { Style } from '../../platform/style.ts';

const DOES = { read: 'reads', write: 'writes', destructive: 'changes', unknown: 'may write' } as const;

/** The plan as `--json` has it. */
export function planDocument({ name, steps, servers, problems }: Plan) {
  return {
    pipeline: name,
    steps,
    servers: servers.map(({ name: server, error }) => ({
      name: server,
      ...(error && { error: { code: error.code, message: error.message, hint: error.hint } }),
    })),
    writes: callsOf({ steps }).filter(mayWrite).length,
    problems,
  };
}

/** The steps as a graph, what each calls and does, and what stands against it. */
export function renderPlan(plan: Plan, style: Style, width: number): string {
  const lines = drawGraph(plan.steps);
  const room = Math.max(0, ...lines.map(({ drawing }) => displayWidth(drawing)));
  const unasked = new Set(plan.servers.flatMap(({ name, error }) => (error ? [name] : [])));
  const rows = lines.map(({ drawing, node }) => [
    padText(drawing, room),
    ...(node
      ? [
          node.id,
          callText(node),
          unasked.has(node.server) ? style.yellow('not known') : doesText(node, style),
          remarks(node),
        ]
      : ['']),
  ]);
  const drawn = table({ rows, width });
  const { steps, servers } = plan;
  const writes = callsOf(plan).filter(mayWrite).length;
  const names = servers.map(({ name, error }) => (error ? style.red(`${name} (${error.code})`) : name));
  const summary = [
    `${counted(steps.length, 'step')}, ${writes === 0 ? 'nothing writes' : `${counted(writes, 'call')} may write`}`,
    `servers: ${names.join(', ')}`,
  ];
  const trouble = [
    ...servers.flatMap(({ name, error }) =>
      error ? [`${style.red(error.code)} ${name}: ${error.message}`] : [],
    ),
    ...callsOf(plan).flatMap(({ server, tool, denied }) =>
      denied === undefined ? [] : [`${style.red('TOOL_DENIED')} ${server}.${tool}: ${denied}`],
    ),
    ...plan.problems.map(
      ({ line, column, code, message }) => `${style.red(code)} ${line}:${column} ${message}`,
    ),
  ];
  const missing = servers.flatMap(({ name, error }) => (error?.code === 'SERVER_UNKNOWN' ? [name] : []));
  const add =
    missing.length === 0 ? [] : [style.dim(`To add what is missing: mcpctl add ${missing.join(' ')}`)];
  return [style.bold(plan.name), drawn, '', ...summary, ...trouble, ...add].join('\n');
}

export function renderMermaid({ steps }: Plan): string {
  return mermaidGraph(
    steps,
    (step) => [step.id, callText(step), DOES[step.intent]],
    (step) => mayWrite(step),
  );
}

/** The calls that may write, for the question whether to make them. */
export function writesOf({ steps }: Plan): string[] {
  return steps.flatMap((step) => [
    ...(mayWrite(step) ? [`${step.id} (${callText(step)})`] : []),
    ...(step.fallback && mayWrite(step.fallback)
      ? [`instead of ${step.id} (${callText(step.fallback)})`]
      : []),
    ...(step.compensate && mayWrite(step.compensate)
      ? [`to take ${step.id} back (${callText(step.compensate)})`]
      : []),
  ]);
}

function callText({ server, tool }: PlannedCall): string {
  return `${plainLine(server)}.${plainLine(tool)}`;
}

function doesText({ intent }: PlannedCall, style: Style): string {
  return intent === 'read' ? DOES[intent] : style.yellow(DOES[intent]);
}

function remarks({ items, isConditional, onError, fallback, compensate }: PlannedStep): string {
  return [
    ...(isConditional ? ['if'] : []),
    ...(items === undefined ? [] : [`for each of up to ${items}`]),
    ...(onError === 'abort' ? [] : [`on error ${onError}${fallback ? ` ${callText(fallback)}` : ''}`]),
    ...(compensate ? [`undone by ${callText(compensate)}`] : []),
  ].join(', ');
}
