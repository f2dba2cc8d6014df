import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { McpctlError } from '../core/errors.ts';
import { searchCatalog } from '../flows/search/search-flow.ts';
import type { SearchFilters } from '../flows/search/search-hit.ts';
import { renderSearch } from '../flows/search/search-view.ts';

interface Options extends SearchFilters {
  readonly limit: string;
  readonly all?: boolean;
  readonly explain?: boolean;
}

export function command(context: Context): Command {
  const { output, prompt } = context;
  return new Command('search')
    .description('Search the catalog by name, category, tool or task')
    .argument('[words...]', 'what you look for, or what you want done')
    .option('--category <name>', 'this category only')
    .addOption(new Option('--auth <kind>', 'by how you sign in').choices(['none', 'api-key', 'oauth']))
    .addOption(
      new Option('--transport <kind>', 'by where it comes from').choices([
        'remote',
        'npm',
        'pypi',
        'oci',
        'mcpb',
      ]),
    )
    .option('--official', 'only what its vendor or the MCP project maintains')
    .option('--read-only', 'only what can be limited to reading')
    .option('--source <name>', 'catalog, or the name of a registry that was read')
    .option('--limit <n>', 'how many are shown', '15')
    .option('--all', 'show all that fit')
    .option('--explain', 'say why each was found, and what its risk is')
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], { limit, all = false, explain = false, ...filters }: Options) => {
      const text = words.join(' ');
      if (text === '' && Object.keys(filters).length === 0 && !all && prompt.canAsk) {
        const { browse } = await import('../flows/search/browse.ts');
        await browse(context);
        return;
      }
      const shown = all ? Number.POSITIVE_INFINITY : countOf(limit);
      const { cache } = context.paths;
      const result = await searchCatalog(text, filters, { cache, limit: shown });
      output.result(result, (found, style) => renderSearch(found, { explain, style, width: output.width }));
    });
}

const EXAMPLES = `
risk: low: its vendor maintains it and it was tested; medium: one of these is missing; high: nobody known stands behind it,
or it is over. Without words, in a terminal: browse, with a preview. Servers of registries, the public one and your own,
are found once they were read: mcpctl catalog refresh.

examples:
  mcpctl search postgres
  mcpctl search "send an invoice"
  mcpctl search --category database --transport npm --read-only
  mcpctl search calendar --official --explain
  mcpctl search weather --source acme         only what your registry acme lists
  mcpctl search                               browse`;

function countOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new McpctlError('USAGE', `--limit takes a number, not ${JSON.stringify(text)}.`, {
    hint: 'mcpctl search --limit 30',
  });
}
