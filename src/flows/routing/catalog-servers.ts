import { loadListed } from '../../catalog/listed.ts';
import { loadCatalogEntry, loadCatalogIndex } from '../../catalog/load.ts';
import type { RoutableServer, RoutableTool } from '../../routing/catalogue.ts';

const OVER = new Set(['stale', 'superseded', 'deprecated', 'archived']);

/** Servers of the catalog that can be added, those that were looked at first. */
export async function catalogServers(): Promise<RoutableServer[]> {
  const rows = (await loadCatalogIndex()).filter(({ status }) => !OVER.has(status));
  const tested = rows.map(async ({ slug, title, description, category, aliases }) => {
    const { tools, examples } = await loadCatalogEntry(slug);
    return {
      id: slug,
      title,
      description,
      category,
      tags: aliases.filter((alias) => !alias.includes('/')),
      tools: [...tools.readOnly, ...tools.writing].map((name) => nameAlone(name, examples[name])),
    };
  });
  const listed = (await loadListed())
    .filter(({ status }) => !OVER.has(status))
    .map(({ slug, title, description, category, tools = [] }) => ({
      id: slug,
      title,
      description,
      category,
      tags: [],
      tools: tools.map((name) => nameAlone(name)),
    }));
  return [...(await Promise.all(tested)), ...listed];
}

function nameAlone(name: string, examples: readonly string[] = []): RoutableTool {
  return { name, description: '', params: [], examples };
}
