import { table } from '../../cli/table.ts';
import { counted } from '../../core/counted.ts';
import type { Style } from '../../platform/style.ts';
import { AREAS, type Verdict } from '../../preflight/check.ts';
import type { Report } from '../../preflight/examine.ts';
import type { Finding } from '../../preflight/finding.ts';
import type { Mended } from '../../preflight/mend.ts';

/** The document of `doctor --json`. */
export function reportDocument(report: Report, mended: readonly Mended[]) {
  return {
    healthy: report.errors === 0,
    errors: report.errors,
    warnings: report.warnings,
    checks: report.verdicts.map(({ findings, ...row }) => ({
      ...row,
      codes: findings.map(({ code }) => code),
    })),
    findings: report.findings.map(({ fix, ...found }) => ({
      ...found,
      ...(fix && { fix: { command: fix.command, description: fix.description, isSafe: fix.isSafe } }),
    })),
    ...(mended.length > 0 && { fixed: mended }),
  };
}

export type ReportDocument = ReturnType<typeof reportDocument>;

/** The table by area, the findings with cause and fix, and one line of summary. */
export function renderReport(document: ReportDocument, style: Style, width: number): string {
  const parts = AREAS.flatMap((area) => {
    const rows = document.checks.filter((row) => row.area === area);
    if (rows.length === 0) return [];
    const lines = rows.map(({ state, title, detail }) => [
      `  ${mark(state, style)}`,
      title,
      style.dim(detail),
    ]);
    return [style.bold(area), table({ rows: lines, width }), ''];
  });
  const serious = document.findings.filter(({ severity }) => severity !== 'info');
  const remarks = document.findings.filter(({ severity }) => severity === 'info');
  for (const found of serious) parts.push(renderFinding(found, style), '');
  parts.push(...renderRemarks(remarks).map((line) => style.dim(line)));
  if (remarks.length > 0) parts.push('');
  parts.push(summary(document, style));
  return parts.join('\n');
}

/** One line a code: ten servers without a lock are one remark. */
function renderRemarks(remarks: readonly Pick<Finding, 'code' | 'message' | 'subject'>[]): string[] {
  const codes = [...new Set(remarks.map(({ code }) => code))];
  return codes.map((code) => {
    const all = remarks.filter((remark) => remark.code === code);
    if (all.length === 1) return `info ${code} ${all[0]?.message}`;
    return `info ${code} ${all.map(({ subject }) => subject).join(', ')}`;
  });
}

const MARKS: Record<Verdict['state'], [string, 'green' | 'red' | 'yellow' | 'dim']> = {
  ok: ['✔', 'green'],
  info: ['✔', 'green'],
  warning: ['!', 'yellow'],
  error: ['✖', 'red'],
  skipped: ['-', 'dim'],
};

function mark(state: Verdict['state'], style: Style): string {
  const [sign, colour] = MARKS[state];
  return style[colour](sign);
}

function renderFinding(
  found: Omit<Finding, 'fix'> & { fix?: { command: string; description: string; isSafe: boolean } },
  style: Style,
): string {
  const { code, severity, message, cause, fix } = found;
  const colour = severity === 'error' ? style.red : style.yellow;
  return [
    `${colour(severity)} ${style.dim(code)} ${message}`,
    `  ${style.dim('why')} ${cause}`,
    ...(fix ? [`  ${style.cyan('fix')} ${fix.command}  ${style.dim(`(${fix.description})`)}`] : []),
  ].join('\n');
}

function summary({ errors, warnings, checks, findings, fixed = [] }: ReportDocument, style: Style): string {
  const repaired = fixed.filter(({ ok }) => ok).length;
  const before = repaired > 0 ? `${counted(repaired, 'fix').replace('fixs', 'fixes')} applied; ` : '';
  if (errors === 0 && warnings === 0)
    return style.green(`${before}${counted(checks.length, 'check')}, nothing wrong.`);
  const safe = findings.filter(({ fix }) => fix?.isSafe).length;
  const offer = safe > 0 ? ` ${safe} can be fixed by: mcpctl doctor --fix` : '';
  return `${before}${counted(checks.length, 'check')}: ${style.red(counted(errors, 'error'))}, ${style.yellow(counted(warnings, 'warning'))}.${offer}`;
}
