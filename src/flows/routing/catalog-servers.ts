import { loadCatalogEntry, loadCatalogIndex } from '../../catalog/load.ts';
import type { RoutableServer } from '../../routing/catalogue.ts';

const OVER = new Set(['stale', 'superseded', 'deprecated', 'archived']);

/** Servers of the catalog that can be added. */
export async function catalogServers(): Promise<RoutableServer[]> {
  const rows = (await loadCatalogIndex()).filter(({ status }) => !OVER.has(status));
  return await Promise.all(
    rows.map(async ({ slug, title, description, category, aliases }) => {
      const { tools } = await loadCatalogEntry(slug);
      return {
        id: slug,
        title,
        description,
        category,
        tags: aliases.filter((alias) => !alias.includes('/')),
        tools: [...tools.readOnly, ...tools.writing].map((name) => ({ name, description: '', params: [] })),
      };
    }),
  );
}
