import { table } from '../../cli/table.ts';
import { counted } from '../../core/counted.ts';
import type { Problem } from '../../manifest/problem.ts';
import type { Style } from '../../platform/style.ts';
import type { CheckedFile } from '../../settings/check.ts';

export interface CheckReport {
  readonly files: readonly { path: string; kind: string; exists: boolean }[];
  readonly problems: readonly Problem[];
  readonly errors: number;
  readonly warnings: number;
}

export function checkReport(files: readonly CheckedFile[]): CheckReport {
  const problems = files.flatMap((file) => file.problems);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return {
    files: files.map(({ path, kind, exists }) => ({ path, kind, exists })),
    problems,
    errors,
    warnings: problems.length - errors,
  };
}

/** One line a problem, as editors and `grep` understand places, and below it what to do. */
export function renderCheck({ files, problems, errors, warnings }: CheckReport, style: Style): string {
  const lines = table({
    rows: problems.map(({ file, line, column, severity, code, message, server }) => [
      `${file}:${line}:${column}`,
      severity === 'error' ? style.red(severity) : style.yellow(severity),
      code,
      server === undefined || message.includes(server) ? message : `${server}: ${message}`,
    ]),
  }).split('\n');
  const listed = problems.flatMap(({ hint }, index) => [
    lines[index] ?? '',
    `  ${style.cyan('try')} ${hint}`,
  ]);
  const read = files.filter(({ exists }) => exists);
  const summary =
    problems.length === 0
      ? read.length === 0
        ? 'There is nothing to check yet: mcpctl add <server>'
        : `${read.length === 1 ? read[0]?.path : `${read.length} files`}: no problems`
      : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`;
  return [...listed, summary].join('\n');
}
