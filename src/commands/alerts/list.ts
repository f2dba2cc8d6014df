import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { listAlerts } from '../../flows/alerts/list-flow.ts';
import { renderAlerts } from '../../flows/alerts/list-view.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('list')
    .description('Show alerts that fire, are about to, or were resolved, and who is told')
    .addHelpText('after', EXAMPLES)
    .action(async () => {
      output.result(await listAlerts(context), (list, style) => renderAlerts(list, style, output.width));
    });
}

const EXAMPLES = `
Alerts are raised while mcpctl watch runs; this shows what it found and looks at no server itself. Times are UTC.

examples:
  mcpctl alerts list
  mcpctl alerts list --json | jq '.data.firing[].summary'`;
