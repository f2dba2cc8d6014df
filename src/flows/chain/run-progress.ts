import { progressLine } from '../../cli/progress-line.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { RunEvent, StepReport } from '../../pipelines/run/ports.ts';
import type { Output } from '../../platform/output.ts';
import type { Style } from '../../platform/style.ts';

/** Shows a run as long as it goes on. */
export async function withProgress<T>(
  output: Output,
  run: (tell: (event: RunEvent) => void) => Promise<T>,
): Promise<T> {
  const progress = showProgress(output);
  try {
    return await run(progress.tell);
  } finally {
    progress.end();
  }
}

interface RunProgress {
  tell(event: RunEvent): void;
  /** Takes the changing line away. */
  end(): void;
}

/** Shows a run on stderr: a line for each step that is over, and in a terminal what is called at the moment. */
function showProgress(output: Output): RunProgress {
  const line = progressLine(output);
  const { style } = output;
  const running = new Map<string, string>();
  const show = (): void => {
    if (running.size === 0) line.clear();
    else line.show(`… ${[...running.values()].join(', ')}`);
  };
  return {
    tell(event) {
      if (event.kind === 'called') {
        const { call, attempt } = event;
        running.set(
          event.step,
          `${call.name} ${call.server}.${call.tool}${attempt > 1 ? ` (${attempt})` : ''}`,
        );
      } else if (event.kind === 'over') {
        running.delete(event.step.id);
        line.clear();
        if (!output.json) output.note(renderStep(event.step, style));
      } else {
        line.clear();
        if (!output.json) output.note(`${style.yellow('↺')} taking ${event.call} back`);
      }
      show();
    },
    end: () => line.clear(),
  };
}

const SIGNS = {
  ok: ['✓', 'green'],
  failed: ['✗', 'red'],
  skipped: ['-', 'dim'],
  fallback: ['✓', 'yellow'],
  withheld: ['-', 'yellow'],
} as const;

export function renderStep(
  { id, status, reason, error, calls, reused, ms }: StepReport,
  style: Style,
): string {
  const [sign, colour] = SIGNS[status];
  const what = [
    ...(status === 'ok' ? [] : [status === 'withheld' ? 'not called' : status]),
    ...(reason === undefined ? [] : [reason]),
    ...(error ? [`${error.code} ${plainLine(error.message)}`] : []),
    ...(reused > 0 ? [reused > 1 ? `${reused} done before` : 'done before'] : []),
    ...(calls > 1 ? [`${calls} calls`] : []),
    ...(calls > 0 ? [`${(ms / 1000).toFixed(1)} s`] : []),
  ];
  return `${style[colour](sign)} ${id}${what.length > 0 ? style.dim(`  ${what.join(', ')}`) : ''}`;
}
