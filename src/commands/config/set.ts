import { Command, Option } from 'commander';
import type { Context } from '../../cli/context.ts';
import { unifiedDiff } from '../../cli/diff.ts';
import { CLIENT_IDS } from '../../clients/all.ts';
import type { Scope } from '../../manifest/scopes.ts';
import { setSetting } from '../../settings/edit.ts';

interface Options {
  readonly scope: Scope;
  readonly dryRun?: boolean;
}

export function command(context: Context): Command {
  const { output, paths, cwd, now, signal } = context;
  return new Command('set')
    .description('Change one setting')
    .argument('<key>', 'dotted, e.g. timeouts.callMs (mcpctl config show lists them)')
    .argument('<value>', 'text, number, JSON, or a list with commas')
    .addOption(new Option('--scope <scope>', 'whose settings').choices(['user', 'project']).default('user'))
    .option('--dry-run', 'show the change and write nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (key: string, value: string, { scope, dryRun = false }: Options) => {
      const change = await setSetting({
        paths,
        cwd,
        now,
        signal,
        key,
        value,
        scope,
        dryRun,
        clientIds: CLIENT_IDS,
      });
      const { path, changed } = change;
      if (!output.json && changed) output.note(await unifiedDiff(change, output.style));
      const written = changed && !dryRun;
      output.result({ key, value: change.value, scope, path, changed, written }, () => {
        if (!changed) return `${key} is that already in ${path}`;
        return dryRun ? `${path} would change` : `${key} is set in ${path}`;
      });
    });
}

const EXAMPLES = `
examples:
  mcpctl config set timeouts.callMs 120000
  mcpctl config set clients cursor,claude-code --scope project
  mcpctl config set secrets.store env --dry-run`;
