import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { type ExportOptions, exportDashboard, renderExported } from '../../flows/dashboard/export-flow.ts';

export function command(context: Context): Command {
  return new Command('export')
    .description('Write a Grafana dashboard, and what Prometheus and Alertmanager need with it')
    .option('--out <folder>', 'where to', 'mcpctl-monitoring')
    .option('--target <host:port>', 'what Prometheus asks: a watch or a gateway', '127.0.0.1:9478')
    .option('--dry-run', 'show the files and write none')
    .option('--force', 'replace files that are there')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ExportOptions) => {
      context.output.result(await exportDashboard(options, context), renderExported);
    });
}

const EXAMPLES = `
Dashboard, scrape configuration, recording and alerting rules, routes of Alertmanager, and a compose file that starts
the three around an mcpctl on this machine. Limits of alerts are those of your settings. Secrets are files you add.

examples:
  mcpctl dashboard export
  mcpctl dashboard export --out ./monitoring --dry-run
  mcpctl dashboard export --target 127.0.0.1:8477      a gateway instead of mcpctl watch --metrics-port 9478`;
