import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { applySync } from '../clients/apply.ts';
import { fleetingLauncher } from '../clients/managed.ts';
import { requireClients } from '../clients/survey.ts';
import { ERROR_CODES } from '../core/error-codes.ts';
import { McpctlError } from '../core/errors.ts';
import { chosenClients } from '../flows/clients/chosen-clients.ts';
import { applyPorts, surveyOf } from '../flows/clients/clients-survey.ts';
import {
  isIncomplete,
  renderSync,
  type SyncReport,
  syncDiffs,
  syncReport,
} from '../flows/clients/sync-view.ts';
import { removeLeftovers } from '../flows/dev/leftovers.ts';
import { installFirst } from '../flows/servers/install-locked.ts';

interface Options {
  readonly client?: string[];
  readonly scope?: 'user' | 'project';
  readonly direct?: boolean;
  readonly managed?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly force?: boolean;
}

export function command(context: Context): Command {
  return new Command('sync')
    .description("Install what the lock has and this machine has not, and bring the clients' files in line")
    .option('--client <id...>', 'these clients only, installed or not (mcpctl clients lists the ids)')
    .addOption(new Option('--scope <scope>', 'only files of this scope').choices(['user', 'project']))
    .option('--direct', 'write the programs themselves instead of `mcpctl run <server>`')
    .addOption(new Option('--managed', 'write `mcpctl run <server>` again').conflicts('direct'))
    .option('-y, --yes', 'write without asking')
    .option('--dry-run', 'show what would change and write nothing')
    .option('--force', 'also replace entries others wrote, and files of running clients')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => {
      const report = await synchronise(options, context);
      if (isIncomplete(report)) context.exitWith(ERROR_CODES.SYNC_INCOMPLETE.exit);
      context.output.result(report, renderSync);
    });
}

const EXAMPLES = `
examples:
  mcpctl sync                           every client found, or those of the setting clients
  mcpctl sync --dry-run                 show the changes only
  mcpctl sync --client cursor zed       two clients
  mcpctl sync --scope project --yes     the files shared with the project

exit status: 0 all in line, 3 something was left as it was (the report says what and why)`;

async function synchronise(options: Options, context: Context): Promise<SyncReport> {
  const { output, prompt } = context;
  const { scope, force, dryRun = false } = options;
  if (!dryRun) await removeLeftovers(context);
  const clients = await chosenClients(options.client, context);
  const installed = await installFirst(options, context);
  const mode = options.direct ? 'direct' : options.managed ? 'managed' : undefined;
  const survey = await surveyOf(context, {
    ...(clients && { clients }),
    ...(scope && { scopes: [scope] }),
    ...(mode && { mode }),
    ...(force !== undefined && { force }),
  });
  requireClients(survey);
  const { plan, withoutProject } = survey;
  const fleeting = fleetingLauncher(context.program);
  if (fleeting !== undefined && mode !== 'direct') output.warn(fleeting);
  if (withoutProject.length > 0) {
    const titles = withoutProject.map(({ title }) => title).join(', ');
    output.note(`${titles}: no files for projects, so the servers of this project are not there.`);
  }
  const diffs = await syncDiffs(plan, output.style);
  if (diffs !== '' && !output.json) output.note(`${diffs}\n`);
  if (diffs === '' || dryRun) return syncReport({ plan, installed }, undefined, dryRun);
  const files = plan.files.filter(({ after, file }) => after !== file.text).length;
  const question = { message: `Write ${files === 1 ? 'this file' : `these ${files} files`}?`, flag: '--yes' };
  if (!options.yes && !(await prompt.confirm(question))) {
    throw new McpctlError('CANCELLED', 'Nothing was written.');
  }
  return syncReport({ plan, installed }, await applySync(plan, applyPorts(context)), dryRun);
}
