import { findInCatalog } from '../../catalog/find.ts';
import type { Context } from '../../cli/context.ts';
import { cutText, padText } from '../../cli/fit-text.ts';
import { refreshedTwin } from '../catalog/refreshed-server.ts';
import { registryDetail, renderRegistryDetail } from '../registry/registry-detail.ts';
import { catalogDocument, renderCatalogEntry } from '../servers/catalog-view.ts';
import { searchCatalog } from './search-flow.ts';
import type { SearchHit } from './search-hit.ts';
import { previewOf } from './search-view.ts';

const MOST_CHOICES = 50;
/** Of a preview, with the line of keys and a blank one. */
const PREVIEW_LINES = 9;
const NAME_WIDTH = 24;
const CURSOR_WIDTH = 2;

/** Lets a person type, look at what is found, and choose one; then shows all of it. */
export async function browse(context: Context): Promise<void> {
  const { prompt, output, paths } = context;
  const slug = await prompt.search({
    message: 'Which server? (type to search, Esc clears, Ctrl-C leaves)',
    below: PREVIEW_LINES,
    flag: 'words to search for',
    source: async (typed) => {
      const { hits } = await searchCatalog(
        typed,
        {},
        { cache: paths.cache, limit: MOST_CHOICES, isTyping: true },
      );
      // The terminal may have another size than at the last key.
      const room = (output.stderr.columns ?? 80) - 1;
      return hits.map((hit) => ({
        value: hit.slug,
        name: cutText(`${padText(hit.slug, NAME_WIDTH)} ${kindOf(hit)}`, room - CURSOR_WIDTH),
        description: previewOf(hit, room),
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

/** Its category, or the registry that lists it. */
function kindOf({ category, source }: SearchHit): string {
  return source === 'catalog' ? category : `registry ${source}`;
}
