import { cutText } from '../../cli/fit-text.ts';
import { plainLine } from '../../cli/terminal-text.ts';
import type { Style } from '../../platform/style.ts';
import { factsOf } from '../../trial/check-ids.ts';
import { AREAS } from '../../trial/codes/check-facts.ts';
import type { LoadFigures } from '../../trial/load/figures.ts';
import type { Found, Trial, Verdict } from '../../trial/run-trial.ts';

/** The document of `test-server --json`. */
export function trialDocument({ server, info, versions, verdicts, load, duration, ...counts }: Trial) {
  const { passed, warned, failed, skipped } = counts;
  return {
    server,
    info,
    versions,
    passed: failed === 0,
    counts: { passed, warned, failed, skipped },
    verdicts: verdicts.map((verdict) => ({ ...verdict, title: factsOf(verdict.id).title })),
    ...(load && { load }),
    duration,
  };
}

export interface TrialViewOptions {
  readonly style: Style;
  readonly width: number;
  /** Shows what passed and what was skipped, too. */
  readonly isVerbose: boolean;
}

/** Groups of checks, a line each; what was found with what puts it right, and one line of summary. */
export function renderTrial(trial: Trial, { style, width, isVerbose }: TrialViewOptions): string {
  const groups = AREAS.flatMap((area) => {
    const verdicts = trial.verdicts.filter((verdict) => verdict.area === area);
    const shown = mergedVersions(verdicts.filter(({ status }) => isVerbose || status !== 'skipped'));
    if (shown.length === 0) return [];
    return [style.bold(area), ...shown.flatMap((verdict) => verdictLines(verdict, style, width)), ''];
  });
  const load = trial.load ? [...loadLines(trial.load, style), ''] : [];
  return [...headLines(trial, style), '', ...groups, ...load, summaryLine(trial, style)].join('\n');
}

function headLines({ server, info, versions }: Trial, style: Style): string[] {
  const said = [info.name, info.version].filter((part) => typeof part === 'string').join(' ');
  const about = [said, versions.join(' and ')]
    .filter((part) => part !== '')
    .map(plainLine)
    .join(', speaks ');
  return [`${style.bold(server)}${about === '' ? '' : style.dim(`  ${about}`)}`];
}

/** What went the same in each revision, as one. */
function mergedVersions(verdicts: readonly Verdict[]): Verdict[] {
  const merged: Verdict[] = [];
  for (const verdict of verdicts) {
    const last = merged.at(-1);
    const isSame =
      last?.id === verdict.id &&
      last.subject === verdict.subject &&
      last.status === verdict.status &&
      last.version !== undefined &&
      verdict.version !== undefined &&
      JSON.stringify(last.problems) === JSON.stringify(verdict.problems);
    if (isSame) merged[merged.length - 1] = { ...last, version: `${last.version}, ${verdict.version}` };
    else merged.push(verdict);
  }
  return merged;
}

function verdictLines(
  { id, version, subject, status, problems, reason }: Verdict,
  style: Style,
  width: number,
): string[] {
  const { title, remedy } = factsOf(id);
  const mark = {
    passed: style.green('✓'),
    warned: style.yellow('!'),
    failed: style.red('✗'),
    skipped: style.dim('-'),
  }[status];
  const about = [subject === undefined ? '' : plainLine(subject), version ?? '']
    .filter((part) => part !== '')
    .join(', ');
  const line = `  ${mark} ${id}${about === '' ? '' : ` (${about})`} ${style.dim(reason === undefined ? title : `skipped: ${reason}`)}`;
  const counting = problems.filter(({ known }) => known === undefined);
  return [
    line,
    ...shownProblems(problems).map((problem) => problemLine(problem, style, width)),
    ...(counting.length > 0 ? [`      ${style.cyan('try')} ${remedy}`] : []),
  ];
}

/** Of a check that finds the same in every tool, the first few say enough. */
const MOST_SHOWN = 8;

function shownProblems(problems: readonly Found[]): readonly (Found | number)[] {
  if (problems.length <= MOST_SHOWN) return problems;
  return [...problems.slice(0, MOST_SHOWN - 1), problems.length - MOST_SHOWN + 1];
}

function problemLine(problem: Found | number, style: Style, width: number): string {
  if (typeof problem === 'number') return style.dim(`      and ${problem} more`);
  const { subject, message, known, severity } = problem;
  const text = plainLine(`${subject === undefined ? '' : `${subject}: `}${message}`);
  const line = cutText(text, Math.max(40, width - 6));
  if (known !== undefined) return style.dim(`      ${line} (known: ${plainLine(known)})`);
  return `      ${severity === 'error' ? line : style.yellow(line)}`;
}

function loadLines(load: LoadFigures, style: Style): string[] {
  const { requests, failures, concurrency, perSecond, latencies, memory } = load;
  const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;
  return [
    style.bold('measured'),
    `  ${requests} requests, ${concurrency} at once, ${perSecond} a second, ${failures} failed`,
    ...latencies.map(
      ({ what, p50, p95, p99 }) => `  ${plainLine(what)}  p50 ${p50} ms  p95 ${p95} ms  p99 ${p99} ms`,
    ),
    ...(memory ? [`  memory ${megabytes(memory.before)} before, ${megabytes(memory.after)} after`] : []),
  ];
}

function summaryLine({ passed, warned, failed, skipped, duration }: Trial, style: Style): string {
  const parts = [
    failed > 0 ? style.red(`${failed} failed`) : style.green('none failed'),
    ...(warned > 0 ? [style.yellow(`${warned} warned`)] : []),
    `${passed} passed`,
    ...(skipped > 0 ? [style.dim(`${skipped} skipped`)] : []),
  ];
  return `${parts.join(', ')} in ${(duration / 1000).toFixed(1)} s`;
}
