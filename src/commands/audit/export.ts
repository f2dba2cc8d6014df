import { Command, Option } from 'commander';
import { EXPORT_FORMATS } from '../../audit/export-formats.ts';
import type { Context } from '../../cli/context.ts';
import { type ExportFlowOptions, exportAudit } from '../../flows/audit/export-flow.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('export')
    .description('Hand the audit log to another system')
    .addOption(new Option('--format <format>', 'how').choices([...EXPORT_FORMATS]).default('jsonl'))
    .option('--out <file>', 'into a file, readable by you alone; standard output without it')
    .option('--to <url>', 'to a receiver of OTLP over HTTP')
    .option('--since <time>', 'from then on: 30m, 24h, 7d, a date or a time')
    .option('--cursor <name>', 'only what was not yet exported under this name')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ExportFlowOptions) => {
      const exported = await exportAudit(options, context);
      const isOnStdout = options.out === undefined && options.to === undefined;
      const text = `${exported.rows} rows exported to ${exported.to}`;
      if (isOnStdout) output.note(text);
      else output.result(exported, () => text);
    });
}

const EXAMPLES = `
Personal fields stay sealed. CSV holds the calls, the other formats every row. With --cursor each run goes on where
the last one ended; after a failure rows may come twice, never not at all.

examples:
  mcpctl audit export --format csv --out calls.csv --since 7d
  mcpctl audit export --format otlp --to http://localhost:4318/v1/logs --cursor collector
  mcpctl audit export --format syslog --cursor siem | nc -q1 localhost 601`;
