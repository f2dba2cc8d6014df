import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';
import type { Style } from '../../platform/style.ts';
import { readSettings } from '../../settings/read.ts';
import { monitoringFiles } from './files.ts';

export interface ExportOptions {
  readonly out: string;
  readonly target: string;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export interface DashboardExported {
  /** Absolute. */
  readonly folder: string;
  readonly target: string;
  readonly files: readonly { readonly path: string; readonly state: 'new' | 'replaced' }[];
  readonly dryRun: boolean;
}

/** Writes everything, or nothing where something would be lost. @throws FILES_EXIST, USAGE, SETTINGS_INVALID */
export async function exportDashboard(options: ExportOptions, context: Context): Promise<DashboardExported> {
  const { target, dryRun = false, force = false } = options;
  if (!/^[A-Za-z0-9.-]+:\d{1,5}$|^\[[0-9A-Fa-f:]+\]:\d{1,5}$/.test(target)) {
    throw new McpctlError('USAGE', `--target ${JSON.stringify(target)} is no host and port.`, {
      hint: '--target 127.0.0.1:9478',
    });
  }
  const { settings } = await readSettings(context);
  const folder = resolve(context.cwd, options.out);
  const files = monitoringFiles({
    target,
    settings,
    user: process.getuid && process.getgid && `${process.getuid()}:${process.getgid()}`,
    version: context.program.version,
  });
  const there = await Promise.all(files.map(async ({ path }) => await isThere(join(folder, path))));
  const taken = files.filter((_, index) => there[index]);
  if (taken.length > 0 && !force && !dryRun) {
    const names = taken.map(({ path }) => path).join(', ');
    throw new McpctlError('FILES_EXIST', `${folder} has ${names} already.`, {
      hint: 'Choose another folder with --out, or replace them: mcpctl dashboard export --force',
      data: { folder, files: taken.map(({ path }) => path) },
    });
  }
  if (!dryRun) {
    for (const { path, text } of files) {
      // The secrets that are put beside it are for its owner alone; nothing else in here is secret.
      const folderMode = path.startsWith('secrets/') ? 0o700 : 0o755;
      await writeFileAtomic(join(folder, path), text, { mode: 0o644, folderMode });
    }
  }
  return {
    folder,
    target,
    files: files.map(({ path }, index) => ({ path, state: there[index] ? 'replaced' : 'new' })),
    dryRun,
  };
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

export function renderExported({ folder, target, files, dryRun }: DashboardExported, style: Style): string {
  const lines = files.map(
    ({ path, state }) => `  ${path}${state === 'replaced' ? style.yellow(' (replaced)') : ''}`,
  );
  const head = dryRun ? `Would write to ${folder}:` : `Wrote to ${folder}:`;
  if (dryRun) return [style.bold(head), ...lines].join('\n');
  const [, port = ''] = /:(\d+)$/.exec(target) ?? [];
  return [
    style.bold(head),
    ...lines,
    '',
    style.bold('Then, in that folder:'),
    '  mcpctl gateway token --name prometheus > secrets/mcpctl-token',
    '  put a Slack webhook URL into secrets/slack-url, a PagerDuty key into secrets/pagerduty-key (either may be empty)',
    '  put a password for Grafana into secrets/grafana-admin',
    `  mcpctl watch --metrics-port ${port} --metrics-token     and leave it running`,
    '  docker compose up -d     Grafana: http://127.0.0.1:3000',
  ].join('\n');
}
