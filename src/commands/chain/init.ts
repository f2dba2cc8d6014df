import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { type ExampleFlags, listExamples, renderExamples, writeExample } from '../../flows/chain/examples.ts';

export function command(context: Context): Command {
  const { output } = context;
  return new Command('init')
    .description('Write an example of a pipeline to begin with')
    .argument('[example]', 'name of the example; lists them without it')
    .option('-o, --output <file>', 'where to write it; <example>.yaml when left out')
    .option('--force', 'replace a file that is there')
    .option('--dry-run', 'say what would be written and stop')
    .addHelpText('after', EXAMPLES)
    .action(async (example: string | undefined, flags: ExampleFlags) => {
      if (example === undefined) {
        const examples = await listExamples(context);
        output.result({ examples }, () => renderExamples(examples, output.width));
        return;
      }
      const made = await writeExample(example, flags, context);
      output.result(made, ({ path, servers, written }) =>
        [
          `${path} ${written ? 'is written' : 'would be written'}; it calls ${servers.join(', ')}.`,
          `next: mcpctl chain validate ${path}`,
        ].join('\n'),
      );
    });
}

const EXAMPLES = `
examples:
  mcpctl chain init
  mcpctl chain init pr-to-linear
  mcpctl chain init postgres-to-notion --output reports/weekly.yaml`;
