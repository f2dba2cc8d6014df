import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { type RemoveFlags, removeFlow } from '../flows/servers/remove-flow.ts';

export function command(context: Context): Command {
  return new Command('remove')
    .alias('rm')
    .description('Remove servers: entry, lock, clients, files, logs, sign-ins and secrets only they use')
    .argument('<server...>', 'names in the manifest')
    .addOption(new Option('-s, --scope <scope>', 'from this manifest only').choices(['user', 'project']))
    .option('-y, --yes', 'remove without asking')
    .option('--dry-run', 'show what would go and stop')
    .option('--keep-secrets', 'leave stored secrets and sign-ins where they are')
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[], flags: RemoveFlags) => {
      const answer = await removeFlow(names, flags, context);
      context.output.result(answer, ({ removed, dryRun }) =>
        dryRun
          ? 'Nothing was removed (--dry-run).'
          : removed
              .map(
                ({ name, clients }) =>
                  `Removed ${name}${clients.length > 0 ? `, also from ${clients.join(', ')}` : ''}.`,
              )
              .join('\n'),
      );
    });
}

const EXAMPLES = `
examples:
  mcpctl remove linear
  mcpctl remove memory filesystem --yes
  mcpctl remove postgres --dry-run
  mcpctl remove github --keep-secrets`;
