import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { ERROR_CODES } from '../../core/error-codes.ts';
import { type RefreshFlags, refreshFlow } from '../../flows/catalog/refresh-flow.ts';
import { renderRefresh } from '../../flows/catalog/refresh-view.ts';

export function command(context: Context): Command {
  return new Command('refresh')
    .description('Read the registries, so that search and info know their servers')
    .option('--registry <name...>', 'only these of your settings; public is the one everybody has')
    .option('--full', 'read everything, not only what changed')
    .option('--dry-run', 'read, and write nothing')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: RefreshFlags) => {
      const report = await refreshFlow(flags, context);
      context.output.result(report, (found, style) => renderRefresh(found, style, flags.dryRun ?? false));
      if (report.sources.some(({ outcome }) => outcome === 'failed'))
        context.exitWith(ERROR_CODES.REGISTRY_UNREACHABLE.exit);
    });
}

const EXAMPLES = `
The public registry is https://registry.modelcontextprotocol.io unless registries.mcp in your settings names another;
your own come from mcpctl registry connect. Names the catalog knows stay the catalog's. Offline, what was read before
is used.

examples:
  mcpctl catalog refresh
  mcpctl catalog refresh --registry acme
  mcpctl catalog refresh --full --json`;
