import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { pruneHere } from '../../flows/audit/prune-flow.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('prune')
    .description('Remove days of the audit log that are older than is kept')
    .option('--days <count>', 'keep so many days; audit.retentionDays of the settings (183) without it')
    .option('--dry-run', 'say what would go and remove nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (options: { days?: string; dryRun?: boolean }) => {
      const pruned = await pruneHere(options, context);
      output.result(pruned, ({ removed, before, dryRun }) => {
        if (removed.length === 0) return `Nothing is older than ${before}.`;
        const what = `${removed.length} ${removed.length === 1 ? 'file' : 'files'} from before ${before}`;
        return dryRun ? `Would remove ${what}:\n${removed.join('\n')}` : `Removed ${what}.`;
      });
    });
}

const EXAMPLES = `
Whole days go, and what is left still verifies. Refused while a legal hold is on.

examples:
  mcpctl audit prune --dry-run
  mcpctl audit prune --days 90`;
