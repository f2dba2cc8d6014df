import { findInCatalog } from '../../catalog/find.ts';
import type { Context } from '../../cli/context.ts';
import { refreshedTwin } from '../catalog/refreshed-server.ts';
import { registryDetail, renderRegistryDetail } from '../registry/registry-detail.ts';
import { catalogDocument, renderCatalogEntry } from '../servers/catalog-view.ts';
import { searchCatalog } from './search-flow.ts';
import { previewOf } from './search-view.ts';

const MOST_CHOICES = 50;

/** Lets a person type, look at what is found, and choose one; then shows all of it. */
export async function browse(context: Context): Promise<void> {
  const { prompt, output, paths } = context;
  const slug = await prompt.search({
    message: 'Which server?',
    flag: 'words to search for',
    source: async (typed) => {
      const { hits } = await searchCatalog(typed, {}, { cache: paths.cache, limit: MOST_CHOICES });
      return hits.map((hit) => ({
        value: hit.slug,
        name: `${hit.slug}  ${hit.category}`,
        description: previewOf(hit),
      }));
    },
  });
  const match = await findInCatalog(slug);
  if (match) {
    const listed = await refreshedTwin(match.entry.slug, paths.cache);
    return output.result(catalogDocument(match, slug, listed), renderCatalogEntry);
  }
  const registry = await registryDetail(slug, context);
  if (registry) output.result(registry, renderRegistryDetail);
}
