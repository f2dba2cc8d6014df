import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { McpctlError } from '../core/errors.ts';
import { exposition, type MetricsOptions, summaryFlow } from '../flows/metrics/metrics-flow.ts';
import { renderSummary } from '../flows/metrics/metrics-view.ts';
import { SORTS } from '../flows/metrics/summary.ts';

interface MetricsFlags extends MetricsOptions {
  readonly prometheus?: boolean;
}

export function command(context: Context): Command {
  const { output, stdout } = context;
  return new Command('metrics')
    .description('Show what was called, how long it took, what failed and what nobody calls')
    .option('--since <time>', 'from the audit log since then: 24h, 7d, or a date')
    .option('--server <server>', 'of one server only')
    .addOption(new Option('--sort <by>', 'what comes first').choices([...SORTS]).default('calls'))
    .option('--prometheus', 'print the numbers once in the text format of Prometheus')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: MetricsFlags) => {
      if (flags.prometheus) {
        refuseMixture(flags, context);
        stdout.write(await exposition(context));
        return;
      }
      const { sort } = flags;
      output.result(await summaryFlow(flags, context), (summary, style) =>
        renderSummary(summary, { sort, style, width: output.width }),
      );
    });
}

/** @throws USAGE */
function refuseMixture({ since, server }: MetricsFlags, { output }: Context): void {
  if (since === undefined && server === undefined && !output.json) return;
  throw new McpctlError('USAGE', '--prometheus prints everything as it is now, and nothing else.', {
    hint: 'mcpctl metrics --prometheus',
  });
}

const EXAMPLES = `
Without --since it asks the clients' sessions and gateways that run now; with --since it reads the audit log. Times are
estimates from buckets, as Prometheus makes them.

examples:
  mcpctl metrics
  mcpctl metrics --since 7d --sort errors
  mcpctl metrics --server github --json | jq '.data.servers[].neverUsed'
  mcpctl metrics --prometheus         for a textfile collector, or to look at`;
