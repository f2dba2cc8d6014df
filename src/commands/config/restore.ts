import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { planRestore, restoreBackup } from '../../flows/settings/restore.ts';

interface Options {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export function command(context: Context): Command {
  const { output, prompt } = context;
  return new Command('restore')
    .description('Put a file back as it was, byte for byte')
    .argument('<id>', 'of a backup (mcpctl config backups lists them)')
    .option('-y, --yes', 'restore without asking')
    .option('--dry-run', 'show what would change and write nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, { yes = false, dryRun = false }: Options) => {
      const plan = await planRestore(id, context);
      const { path, changes, removes, diff } = plan;
      const facts = { id, path, changed: changes, removes };
      if (!changes || dryRun) {
        if (diff !== '' && !output.json) output.note(diff);
        output.result({ ...facts, restored: false }, () =>
          changes ? `${path} would be ${removes ? 'removed' : 'restored'}` : `${path} is like that already`,
        );
        return;
      }
      if (diff !== '' && !output.json) output.note(diff);
      const question = `${removes ? 'Remove' : 'Restore'} ${path}?`;
      if (!yes && !(await prompt.confirm({ message: question, flag: '--yes' }))) {
        throw new McpctlError('CANCELLED', 'Nothing was restored.');
      }
      const undo = await restoreBackup(id, path, context);
      output.result({ ...facts, restored: true, undo }, () =>
        [`${path} is ${removes ? 'removed' : 'restored'}`, `to undo: mcpctl config restore ${undo}`].join(
          '\n',
        ),
      );
    });
}

const EXAMPLES = `
What is replaced is backed up first, so a restore can be undone.

examples:
  mcpctl config restore 20260314T092653589-3f9a1c --dry-run
  mcpctl config restore 20260314T092653589-3f9a1c --yes`;
