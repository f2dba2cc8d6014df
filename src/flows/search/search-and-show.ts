import type { Context } from '../../cli/context.ts';
import { freshenOwnRegistries } from './freshen.ts';
import { searchCatalog } from './search-flow.ts';
import type { SearchFilters } from './search-hit.ts';
import { renderSearch } from './search-view.ts';

export interface SearchRequest {
  readonly text: string;
  readonly filters?: SearchFilters;
  /** How many are shown. */
  readonly limit?: number;
  /** Also shows why each was found. */
  readonly explain?: boolean;
  /** Does not ask own registries what is new. */
  readonly offline?: boolean;
}

/** How many are shown when nobody says. */
export const SHOWN = 15;

/** @throws USAGE for an unknown category or source */
export async function searchAndShow(request: SearchRequest, context: Context): Promise<void> {
  const { text, filters = {}, limit = SHOWN, explain = false, offline = false } = request;
  const { output, paths } = context;
  if (!offline) await freshenOwnRegistries(context);
  const result = await searchCatalog(text, filters, { cache: paths.cache, limit });
  output.result(result, (found, style) => renderSearch(found, { explain, style, width: output.width }));
}
