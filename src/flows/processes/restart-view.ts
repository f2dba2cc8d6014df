import type { Style } from '../../platform/style.ts';
import type { Restarted, RestartTarget } from './restart-flow.ts';

export function renderRestarted(restarted: readonly Restarted[], style: Style): string {
  return restarted
    .map(({ server, pid, kind, error }) =>
      error
        ? `${style.red('✗')} ${server} in ${kind} ${pid}: ${error.message}${error.hint ? `\n  ${style.cyan('try')} ${error.hint}` : ''}`
        : `${style.green('✓')} ${server} was restarted in ${kind} ${pid}`,
    )
    .join('\n');
}

export function renderTargets(targets: readonly RestartTarget[]): string {
  const lines = targets.map(
    ({ server, running: { kind, pid, cwd } }) => `  ${server} in ${kind} ${pid} (${cwd})`,
  );
  return ['This would restart:', ...lines].join('\n');
}

/** As `--json` gives it. */
export function restartedDocument({ error, ...rest }: Restarted): object {
  return { ...rest, ...(error && { error: { code: error.code, message: error.message, hint: error.hint } }) };
}
