import type { ClientProblem } from '../../clients/problem.ts';
import type { Style } from '../../platform/style.ts';
import type { ImportOutcome } from './import-flow.ts';
import { renderProblem } from './sync-view.ts';

/** The document of `import --json`; secrets by name only. */
export interface ImportReport {
  readonly dryRun: boolean;
  readonly servers: readonly {
    readonly name: string;
    readonly scope: 'user' | 'project';
    readonly status: 'added' | 'adopted' | 'planned';
    readonly from: readonly {
      readonly path: string;
      readonly clients: readonly string[];
      readonly server: string;
    }[];
  }[];
  readonly secrets: readonly string[];
  readonly problems: readonly ClientProblem[];
}

export function importReport({ plan, isDone }: ImportOutcome, dryRun: boolean): ImportReport {
  return {
    dryRun,
    servers: plan.servers.map(({ name, scope, isKnown, sources }) => ({
      name,
      scope,
      status: isDone ? (isKnown ? 'adopted' : 'added') : 'planned',
      from: sources.map(({ path, clients, server }) => ({ path, clients, server })),
    })),
    secrets: [...plan.secrets.keys()],
    problems: plan.problems,
  };
}

export function renderImport(report: ImportReport, style: Style): string {
  const { servers, secrets, problems, dryRun } = report;
  const lines = servers.map(({ name, from }) => {
    const places = from.map(({ path, server }) => (server === name ? path : `${path} (${server})`));
    return `${style.green('✓')} ${name}: from ${places.join(', ')}`;
  });
  if (secrets.length > 0)
    lines.push(`${dryRun ? 'Would move' : 'Moved'} to a safe place: ${secrets.join(', ')}`);
  lines.push(...problems.map((problem) => renderProblem(problem, style).trimStart()));
  if (servers.length === 0) lines.push('The clients have no server the manifest does not have.');
  else if (dryRun) lines.push('', 'Nothing was written. To import them: mcpctl import');
  else
    lines.push(
      '',
      'Next: mcpctl sync lets the clients start them through mcpctl, and takes secrets out of their files.',
    );
  return lines.join('\n');
}
