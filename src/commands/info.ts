import { Command } from 'commander';
import type { Context } from '../cli/context.ts';
import { renderRegistryDetail } from '../flows/registry/registry-detail.ts';
import { renderCatalogEntry } from '../flows/servers/catalog-view.ts';
import { infoFlow } from '../flows/servers/info-flow.ts';
import { renderServerDetail } from '../flows/servers/server-detail.ts';
import { describeUse } from '../flows/usage/local-use.ts';

export function command(context: Context): Command {
  return new Command('info')
    .description('Show what a server is, how it connects, what it needs and how to try it')
    .argument('<name>', 'one of your servers, or a catalog name, alias, package or registry name')
    .option('--catalog', 'what the catalog says of the name, whatever your server of that name is')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: { catalog?: boolean }) => {
      const document = await infoFlow(name, options, context);
      context.output.result(document, (answer, style) =>
        [
          ...(answer.server ? [renderServerDetail(answer.server, style)] : []),
          ...(answer.catalog ? [renderCatalogEntry(answer.catalog, style)] : []),
          ...(answer.registry ? [renderRegistryDetail(answer.registry, style)] : []),
          ...(answer.use
            ? [`${describeUse(answer.use)}, in 90 days, as ${answer.use.servers.join(', ')}`]
            : []),
        ].join('\n\n'),
      );
    });
}

const EXAMPLES = `
examples:
  mcpctl info linear                    before you add it, and after
  mcpctl info postgres                  which server answers to that name, and why
  mcpctl info @playwright/mcp --json    the whole entry
  mcpctl info io.acme/weather           what your registry says of it`;
