import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { listServers } from '../flows/servers/list-servers.ts';

interface Options {
  readonly catalog?: boolean;
  readonly category?: string;
  readonly tier?: string;
}

export function command(context: Context): Command {
  return new Command('list')
    .description('List your servers, or those of the catalog')
    .option('--catalog', 'servers you could add')
    .option('--category <name>', 'of the catalog: this category only')
    .addOption(
      new Option('--tier <name>', 'of the catalog: this tier only').choices([
        'core',
        'enterprise',
        'extended',
        'listed',
      ]),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => {
      if (options.catalog || options.category || options.tier) await listCatalog(options, context);
      else await listServers(context);
    });
}

const EXAMPLES = `
examples:
  mcpctl list                                 your servers
  mcpctl list --catalog                       servers to add
  mcpctl list --catalog --category database   some of them`;

async function listCatalog({ category, tier }: Options, { output }: Context): Promise<void> {
  const [{ loadCatalogIndex, loadListedIndex }, { renderCatalog }, { McpctlError }] = await Promise.all([
    import('../catalog/load.ts'),
    import('../flows/servers/catalog-view.ts'),
    import('../core/errors.ts'),
  ]);
  const tested = await loadCatalogIndex();
  const listed = await loadListedIndex();
  // The many that are only listed are shown where they are asked for, or where there is nothing else.
  const isCovered = category === undefined || tested.some((row) => row.category === category);
  const rows = tier === 'listed' || !isCovered ? listed : tested;
  const categories = [...new Set([...tested, ...listed].map((row) => row.category))].sort();
  if (category !== undefined && !categories.some((known) => known === category)) {
    throw new McpctlError('USAGE', `The catalog has no category ${JSON.stringify(category)}.`, {
      hint: `One of: ${categories.join(', ')}`,
    });
  }
  const chosen = rows.filter(
    (row) => (!category || row.category === category) && (!tier || row.tier === tier),
  );
  output.result({ servers: chosen }, (document, style) =>
    renderCatalog(document.servers, style, output.width),
  );
}
