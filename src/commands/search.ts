import { Command, Option } from 'commander';
import type { Context } from '../cli/context.ts';
import { McpctlError } from '../core/errors.ts';
import { freshenOwnRegistries } from '../flows/search/freshen.ts';
import { SHOWN, searchAndShow } from '../flows/search/search-and-show.ts';
import type { SearchFilters } from '../flows/search/search-hit.ts';

interface Options extends SearchFilters {
  readonly limit: string;
  readonly all?: boolean;
  readonly explain?: boolean;
  readonly offline?: boolean;
}

export function command(context: Context): Command {
  const { prompt } = context;
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
    .option('--offline', 'do not ask your own registries what is new')
    .option('--limit <n>', 'how many are shown', String(SHOWN))
    .option('--all', 'show all that fit')
    .option('--explain', 'say why each was found, and what its risk is')
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], options: Options) => {
      const { limit, all = false, explain = false, offline = false } = options;
      const filters = filtersOf(options);
      const text = words.join(' ');
      if (text === '' && Object.keys(filters).length === 0 && !all && prompt.canAsk) {
        const { browse } = await import('../flows/search/browse.ts');
        if (!offline) await freshenOwnRegistries(context);
        await browse(context);
        return;
      }
      const shown = all ? Number.POSITIVE_INFINITY : countOf(limit);
      await searchAndShow({ text, filters, limit: shown, explain, offline }, context);
    });
}

/** Without the options every command has, which commander puts among them. */
function filtersOf(options: Options): SearchFilters {
  const { category, auth, transport, official, readOnly, source } = options;
  return {
    ...(category !== undefined && { category }),
    ...(auth && { auth }),
    ...(transport && { transport }),
    ...(official && { official }),
    ...(readOnly && { readOnly }),
    ...(source !== undefined && { source }),
  };
}

const EXAMPLES = `
risk: low: its vendor maintains it and it was tested; medium: one of these is missing; high: nobody known stands behind it,
or it is over. Without words, in a terminal: browse, with a preview. Servers of the public
registry are found once it was read: mcpctl catalog refresh. Your own registries are asked once an hour.

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
