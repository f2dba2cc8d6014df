import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { countLocalUse } from '../flows/usage/count-local-use.ts';
import { type UsageFlags, usageFlow } from '../flows/usage/usage-flow.ts';
import { renderUsage, usageCsv } from '../flows/usage/usage-view.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('usage')
    .description('Show who used which servers and tools, week by week')
    .option('--since <time>', 'from then on: 7d, 12w, a date or a time', '12w')
    .option('--server <server>', 'name in the manifest')
    .option('--user <user>', 'a name or a pseudonym')
    .option('--tools', 'a row for each tool')
    .option('--csv', 'print CSV, a row for each tool')
    .addHelpText('after', EXAMPLES)
    .action(async ({ tools = false, csv, ...flags }: UsageFlags & { tools?: boolean; csv?: boolean }) => {
      const answer = await usageFlow(flags, context);
      await countLocalUse(context);
      output.result(answer, (found, style) =>
        csv ? usageCsv(found.rows) : renderUsage(found, { tools, style, width: output.width }),
      );
      if (answer.leftOff > 0)
        output.warn(`${answer.leftOff} calls are not told apart: name a --server or --user`);
      if (answer.damaged > 0) {
        output.warn(`${answer.damaged} lines of the log are damaged or unfinished: mcpctl audit verify`);
      }
    });
}

const EXAMPLES = `
It counts what the audit log holds. A week begins on Monday, UTC; a call that did not end well counts as not worked.
Users are named where mcpctl audit query names them, else by their pseudonyms.

examples:
  mcpctl usage
  mcpctl usage --since 4w --server github --tools
  mcpctl usage --user ada --csv > ada.csv
  mcpctl usage --json`;
