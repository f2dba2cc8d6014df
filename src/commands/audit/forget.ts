import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { forgetEverywhere } from '../../flows/audit/forget-flow.ts';

export function command(context: Context): Command {
  const { output, prompt, paths } = context;
  return new Command('forget')
    .description('Make what the audit log holds of a person unreadable, for good')
    .argument('<subject>', 'user name, or the pseudonym that audit query shows')
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', EXAMPLES)
    .action(async (subject: string, { yes }: { yes?: boolean }) => {
      const message = `Make everything the audit log holds of ${subject} unreadable? This cannot be undone.`;
      if (!yes && !(await prompt.confirm({ message, flag: '--yes' }))) {
        throw new McpctlError('CANCELLED', `${subject} was not forgotten.`);
      }
      const forgotten = await forgetEverywhere(subject, context);
      output.result(
        forgotten,
        ({ rows }) => `Forgotten: the personal fields of ${rows} calls cannot be read any more.`,
      );
      output.note(
        'Their key is deleted; the rows stay, without a way back to the person, and the log still verifies.',
      );
      output.note(`Not touched: what servers wrote themselves (${paths.logs}), and exports made before.`);
    });
}

const EXAMPLES = `
A process that is running may go on under the old pseudonym for five seconds. What it writes then cannot be read
either.

examples:
  mcpctl audit forget ada
  mcpctl audit forget 5f0c2be1a9d34e6b7c80 --yes`;
