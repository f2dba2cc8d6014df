import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { type InitFlags, initFlow } from '../flows/init/init-flow.ts';
import { initDocument, renderInit } from '../flows/init/init-view.ts';

export function command(context: Context): Command {
  return new Command('init')
    .description('Set this machine up: clients, servers, a first call')
    .addOption(
      new Option('-s, --scope <scope>', 'whose manifest; user unless set otherwise').choices([
        'user',
        'project',
      ]),
    )
    .option('--server <name...>', 'these servers instead of the recommended ones')
    .option('--set <name=value>', 'a setting a server asks for', collect, [])
    .option('--no-sign-in', 'leave signing in for later: mcpctl auth login')
    .option('-y, --yes', 'ask nothing: the servers that need no key')
    .option('--dry-run', 'show what would be added and stop')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: InitFlags) => {
      const report = await initFlow(flags, context);
      const [first] = report.failed;
      if (first) context.exitWith(first.error.exitStatus);
      if (flags.dryRun) context.output.result(initDocument(report), () => 'Nothing was done (--dry-run).');
      else context.output.result(initDocument(report), (_document, style) => renderInit(report, style));
    });
}

const EXAMPLES = `
examples:
  mcpctl init                          choose servers, give their keys, done
  mcpctl init --yes                    files of this folder, memory, a thinking aid
  mcpctl init --server linear github   these two
  mcpctl init --scope project          for everyone who clones this project

Interrupted, it goes on where it stopped when you run it again.`;

function collect(value: string, all: readonly string[]): string[] {
  return [...all, value];
}
