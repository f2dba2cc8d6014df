import { unifiedDiff } from '../../cli/diff.ts';
import type { Applied } from '../../clients/apply.ts';
import type { FilePlan, SyncPlan } from '../../clients/plan.ts';
import type { ClientProblem } from '../../clients/problem.ts';
import { secretsIn } from '../../clients/secrets-in.ts';
import { createRedactor } from '../../core/redaction.ts';
import type { Style } from '../../platform/style.ts';
import type { Installation } from '../servers/install-locked.ts';

interface SyncedFile {
  readonly path: string;
  readonly scope: 'user' | 'project';
  /** Ids of the clients that read the file. */
  readonly clients: readonly string[];
  readonly status: 'unchanged' | 'planned' | 'written' | 'blocked' | 'failed';
  readonly changes: readonly { readonly kind: 'add' | 'update' | 'remove'; readonly server: string }[];
  readonly problems: readonly ClientProblem[];
}

/** The document of `sync --json`. */
export interface SyncReport {
  readonly dryRun: boolean;
  /** Servers the lock has and this machine had not; with `--dry-run`, those that would be installed. */
  readonly installed: readonly Installation[];
  readonly files: readonly SyncedFile[];
  /** What makes the changed clients see the change. */
  readonly restart: readonly { readonly client: string; readonly title: string; readonly advice: string }[];
}

/** `applied` is undefined as long as nothing was written. */
export function syncReport(
  { plan, installed }: { readonly plan: SyncPlan; readonly installed: readonly Installation[] },
  applied: Applied | undefined,
  dryRun: boolean,
): SyncReport {
  const files = plan.files.map((filePlan) => reportFile(filePlan, applied));
  const changed = plan.files.filter((_, index) =>
    ['planned', 'written'].includes(files[index]?.status ?? ''),
  );
  const clients = new Set(changed.flatMap(({ file }) => file.clients));
  return {
    dryRun,
    installed,
    files,
    restart: [...clients].map(({ id, title, restart }) => ({ client: id, title, advice: restart })),
  };
}

/** True when a server was not installed, a file was left as it was, or an entry could not be written. */
export function isIncomplete({ files, installed }: SyncReport): boolean {
  if (installed.some(({ error }) => error !== undefined)) return true;
  return files.some(({ problems }) => problems.some(({ severity }) => severity === 'error'));
}

function reportFile(filePlan: FilePlan, applied: Applied | undefined): SyncedFile {
  const { file, changes, problems } = filePlan;
  const failure = applied?.failed.find(({ plan }) => plan === filePlan)?.problem;
  return {
    path: file.path,
    scope: file.scope,
    clients: file.clients.map(({ id }) => id),
    status: statusOf(filePlan, applied),
    changes: changes.map(({ kind, server }) => ({ kind, server })),
    problems: failure ? [...problems, failure] : problems,
  };
}

function statusOf(plan: FilePlan, applied: Applied | undefined): SyncedFile['status'] {
  if (plan.isBlocked) return 'blocked';
  if (plan.after === plan.file.text) return 'unchanged';
  if (!applied) return 'planned';
  return applied.written.includes(plan) ? 'written' : 'failed';
}

/** A unified diff of every file that changes, secrets of other entries hidden. */
export async function syncDiffs({ files }: SyncPlan, style: Style): Promise<string> {
  const diffs = await Promise.all(
    files.map(async ({ file, after, content }) => {
      const diff = await unifiedDiff({ path: file.path, before: file.text, after }, style);
      return createRedactor(secretsIn(content, diff))(diff);
    }),
  );
  return diffs.filter((diff) => diff !== '').join('\n\n');
}

const VERBS = { add: 'adds', update: 'updates', remove: 'removes' } as const;

export function renderSync(report: SyncReport, style: Style): string {
  const { dryRun, installed } = report;
  const lines = [
    ...installed.map((installation) => renderInstallation(installation, dryRun, style)),
    ...report.files.flatMap((file) => renderFile(file, style)),
  ];
  const isWritten = report.files.some(({ status }) => status === 'written' || status === 'planned');
  const changed = isWritten || installed.length > 0;
  if (!isWritten && !isIncomplete(report)) lines.push('Every client has what it should have.');
  if (report.dryRun && changed) lines.push('', 'Nothing was written. To write it: mcpctl sync');
  if (!report.dryRun && report.restart.length > 0) {
    lines.push('', ...report.restart.map(({ title, advice }) => `${style.cyan(title)}: ${advice}`));
  }
  return lines.join('\n');
}

function renderInstallation(
  { server, version, error }: Installation,
  isPlanned: boolean,
  style: Style,
): string {
  const what = version === undefined ? server : `${server} ${version}`;
  if (!error) return `${style.green('✓')} ${isPlanned ? 'would install' : 'installed'} ${what}, as locked`;
  const problem = { severity: 'error' as const, ...error };
  return `${style.red('✗')} ${what} was not installed\n${renderProblem(problem, style)}`;
}

function renderFile(file: SyncedFile, style: Style): string[] {
  const mark = { blocked: style.red('✗'), failed: style.red('✗'), unchanged: style.dim('=') }[
    file.status as string
  ];
  const changes = (['add', 'update', 'remove'] as const).flatMap((kind) => {
    const servers = file.changes.filter((change) => change.kind === kind).map(({ server }) => server);
    return servers.length > 0 ? [`${VERBS[kind]} ${servers.join(', ')}`] : [];
  });
  const state = file.status === 'blocked' || file.status === 'failed' ? 'left as it was' : changes.join('; ');
  return [
    `${mark ?? style.green('✓')} ${file.path}${state ? `: ${state}` : ''}`,
    ...file.problems.map((problem) => renderProblem(problem, style)),
  ];
}

/** One indented line a problem, with its code and what to do. */
export function renderProblem(
  { severity, code, message, hint }: Pick<ClientProblem, 'severity' | 'message' | 'hint'> & { code: string },
  style: Style,
): string {
  const word = severity === 'error' ? style.red('error') : style.yellow('warning');
  return `    ${word} ${style.dim(code)} ${message}${hint ? `\n          ${style.cyan('try')} ${hint}` : ''}`;
}
