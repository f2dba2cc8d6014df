import { Command } from 'commander';
import type { Context } from '../../cli/context.ts';
import { type BuildFlags, buildFlow } from '../../flows/registry/build-flow.ts';

export function command(context: Context): Command {
  return new Command('build')
    .description('Write a registry as files that any web server or git host can give out')
    .requiredOption('--out <folder>', 'where the files go')
    .requiredOption('--url <url>', 'where they will be reached')
    .option('--data <folder>', 'folder of the registry, as with registry serve')
    .option('--dry-run', 'list the files and write none')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: BuildFlags) => {
      context.output.result(
        await buildFlow(flags, context),
        ({ folder, servers, files, removed, written }) =>
          written
            ? `${servers} servers in ${files.length} files in ${folder}${removed.length > 0 ? `, ${removed.length} removed` : ''}`
            : files.join('\n'),
      );
    });
}

const EXAMPLES = `
Clients read the files as they read registry serve, but nothing can be searched or published there. Files a build did
not write are left alone.

examples:
  mcpctl registry build --out ./public --url https://registry.acme.example
  mcpctl registry build --out ./docs --url https://acme.github.io/registry --dry-run`;
