import { plainText } from '../../cli/terminal-text.ts';
import { McpctlError } from '../../core/errors.ts';
import type { Json } from '../../core/json.ts';
import type { RunReport } from '../../pipelines/run/ports.ts';
import type { Style } from '../../platform/style.ts';

/** Of a run that is not done: why, and how to go on. */
export function failureOf(report: RunReport): McpctlError | undefined {
  const { run, pipeline, status, failed, inDoubt, undone } = report;
  if (status === 'done') return undefined;
  const why = failed ? ` at ${failed.step}: ${failed.error.code} ${failed.error.message}` : '.';
  const data = { report };
  if (status === 'stopped') {
    return new McpctlError('CANCELLED', `${pipeline} was stopped; run ${run} can go on.`, {
      hint: `mcpctl chain resume ${run}`,
      data,
    });
  }
  if (status === 'in-doubt') {
    const [first = ''] = inDoubt;
    return new McpctlError('PIPELINE_IN_DOUBT', `${pipeline} stopped${why}`, {
      hint: [
        'Look whether that was done, then go on:',
        `mcpctl chain resume ${run} --skip-step ${first}     it was`,
        `mcpctl chain resume ${run} --retry-step ${first}    it was not: call it again`,
      ].join('\n'),
      data,
    });
  }
  const left = undone.filter((one) => one.status !== 'ok').map(({ call }) => call);
  const taken = undone.filter((one) => one.status === 'ok').map(({ call }) => call);
  const more = [
    ...(taken.length > 0 ? [` Taken back: ${taken.join(', ')}.`] : []),
    ...(left.length > 0 ? [` Could not be taken back: ${left.join(', ')}.`] : []),
  ];
  const hint =
    undone.length > 0
      ? `Look at what is left${left.length > 0 ? ` of ${left.join(', ')}` : ''}, then begin a new run.`
      : `When the reason is gone: mcpctl chain resume ${run}`;
  return new McpctlError('PIPELINE_FAILED', `${pipeline} failed${why}${more.join('')}`, { hint, data });
}

/** The outputs of a run that is done, each on a line of its own; of a dry run what was not called. */
export function renderReport(
  { run, pipeline, outputs = {}, withheld, isDry }: RunReport,
  style: Style,
): string {
  const rows = Object.entries(outputs).map(([key, value]) => `${style.bold(key)}: ${valueText(value)}`);
  const calls = withheld.flatMap(({ name, server, tool, args }) => [
    `${style.yellow('not called')} ${name} ${server}.${tool}`,
    ...JSON.stringify(args, null, 2)
      .split('\n')
      .map((line) => `  ${plainText(line)}`),
  ]);
  const last = isDry ? `${pipeline}: only what reads was called.` : `${pipeline} is done (run ${run}).`;
  return [...calls, ...rows, style.dim(last)].join('\n');
}

function valueText(value: Json): string {
  return plainText(typeof value === 'string' ? value : JSON.stringify(value));
}
