import { join } from 'node:path';
import type { Verdict } from '../../audit/verify.ts';
import type { Problem } from '../../audit/verify-chain.ts';
import { McpctlError } from '../../core/errors.ts';

const SHOWN = 20;

export function renderVerdict({ rows, segments, chains }: Verdict): string {
  if (chains.length === 0) return 'There is no audit log yet.';
  return `${rows} rows in ${segments} files are as they were written (${chains.map(({ chain }) => chain).join(', ')}).`;
}

/** The failure that names each place. */
export function brokenLog({ problems, ...rest }: Verdict, folder: string): McpctlError {
  const lines = problems.slice(0, SHOWN).map((problem) => describe(problem, folder));
  const more =
    problems.length > SHOWN ? [`and ${problems.length - SHOWN} more: mcpctl audit verify --json`] : [];
  const message = ['The audit log is not as it was written:', ...lines, ...more].join('\n  ');
  return new McpctlError('AUDIT_BROKEN', message, {
    hint: `Keep a copy of ${folder} before anything else changes it.`,
    data: { ...rest, problems },
  });
}

function describe({ file, line, what }: Problem, folder: string): string {
  return `${join(folder, file)}${line === undefined ? '' : `:${line}`}: ${what}`;
}
