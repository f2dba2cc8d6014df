import { findInCatalog } from '../../catalog/find.ts';
import type { Context } from '../../cli/context.ts';
import { catalogDocument, renderCatalogEntry } from '../servers/catalog-view.ts';
import { searchCatalog } from './search-flow.ts';
import { previewOf } from './search-view.ts';

const MOST_CHOICES = 50;

/** Lets a person type, look at what is found, and choose one; then shows all of it. */
export async function browse({ prompt, output }: Context): Promise<void> {
  const slug = await prompt.search({
    message: 'Which server?',
    flag: 'words to search for',
    source: async (typed) => {
      const { hits } = await searchCatalog(typed, {});
      return hits.slice(0, MOST_CHOICES).map((hit) => ({
        value: hit.slug,
        name: `${hit.slug}  ${hit.category}`,
        description: previewOf(hit),
      }));
    },
  });
  const match = await findInCatalog(slug);
  if (match)
    output.result(catalogDocument(match, slug), (document, style) => renderCatalogEntry(document, style));
}
