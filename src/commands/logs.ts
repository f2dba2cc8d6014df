import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { type LogsOptions, logQuery, recentLines, writeAsItComes } from '../flows/logs/logs-flow.ts';
import { logDocument, logJson, logView } from '../flows/logs/logs-view.ts';
import { LEVELS } from '../gateway/logs/text-line.ts';

export function command(context: Context): Command {
  const { output, stdout, now } = context;
  const view = (): ReturnType<typeof logView> =>
    logView({ style: output.answerStyle, isTerminal: Boolean(stdout.isTTY), now: now() });
  return new Command('logs')
    .description('Show what servers write besides messages, and what gateways do, merged by time')
    .argument('[server...]', 'names in the manifest, or gateway; all of them by default')
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .option('--since <time>', 'from then on: 30s, 10m, 24h, 7d, a date or a time')
    .option('--lines <count>', 'at most so many of the latest (100; all with --since)')
    .addOption(new Option('--level <level>', 'nothing below it').choices([...LEVELS]))
    .option('--server <server...>', 'the same as the argument')
    .addHelpText('after', EXAMPLES)
    .action(async (named: string[], options: LogsOptions) => {
      const query = await logQuery(named, options, context);
      if (options.follow) {
        await writeAsItComes(query, context, output.json ? logJson : view());
        return;
      }
      const { lines, undated } = await recentLines(query, context);
      output.result({ lines: lines.map(logDocument), undated }, () => lines.map(view()).join('\n'));
      if (lines.length === 0) output.note(`Nothing was written that fits; logs are in ${query.folder}.`);
    });
}

const EXAMPLES = `
What a server writes has no levels. A line that names one (error:, [WARN], "level":"info") has that, another one is info.
Secrets were taken out when the lines were written.

examples:
  mcpctl logs
  mcpctl logs github -f
  mcpctl logs github linear --since 10m --level warn
  mcpctl logs gateway --lines 500
  mcpctl logs -f --json           one JSON document a line

exit status: 0, also after Ctrl-C; 2 no such server`;
