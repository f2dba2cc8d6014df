import { Command, Option } from 'commander';
import { CSV_HEAD, csvLine } from '../../audit/export-formats.ts';
import { OUTCOMES } from '../../audit/row.ts';
import type { Context } from '../../cli/context.ts';
import { findCalls, type QueryOptions, renderCalls } from '../../flows/audit/query-flow.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('query')
    .description('Show recorded tool calls, the latest last')
    .option('--since <time>', 'from then on: 30m, 24h, 7d, a date or a time')
    .option('--until <time>', 'up to then')
    .option('--server <server>', 'name in the manifest')
    .option('--tool <tool>', 'name of the tool')
    .option('--user <user>', 'who called: a name or a pseudonym')
    .addOption(new Option('--outcome <outcome>', 'what became of the call').choices([...OUTCOMES]))
    .option('--limit <count>', 'at most so many', '50')
    .option('--csv', 'print CSV')
    .addHelpText('after', EXAMPLES)
    .action(async ({ csv, ...options }: QueryOptions & { csv?: boolean }) => {
      const answer = await findCalls(options, context);
      output.result(answer, ({ calls }, style) =>
        csv ? (CSV_HEAD + calls.map(csvLine).join('')).trimEnd() : renderCalls(answer, style, output.width),
      );
      if (answer.damaged > 0) {
        output.warn(`${answer.damaged} lines of the log are damaged or unfinished: mcpctl audit verify`);
      }
    });
}

const EXAMPLES = `
examples:
  mcpctl audit query --since 24h
  mcpctl audit query --server github --outcome tool_error
  mcpctl audit query --user ada --json`;
