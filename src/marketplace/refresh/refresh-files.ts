import { writeFileAtomic } from '../../platform/atomic-write.ts';
import { catalogFileIn } from './catalog-file.ts';
import { openRefreshedCatalog } from './open-catalog.ts';
import { type RefreshState, readRefreshState, STATE_VERSION, stateFileIn } from './refresh-state.ts';
import type { RefreshedRow } from './row.ts';

/** What is known from before: how far each registry was read, and its servers by their names in lower case. */
export interface Kept extends RefreshState {
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, RefreshedRow>>;
}

/** All that was kept; undefined where a part is missing, so that all is read again. */
export async function readKept(cache: string): Promise<Kept | undefined> {
  const state = await readRefreshState(cache);
  const catalog = openRefreshedCatalog(catalogFileIn(cache));
  if (!catalog) return undefined;
  try {
    if (state?.id !== catalog.head.id) return undefined;
    const rows = new Map(state.sources.map(({ url }) => [url, new Map<string, RefreshedRow>()]));
    for (const { row, source } of catalog.all()) {
      rows.get(state.sources[source]?.url ?? '')?.set(row.name.toLowerCase(), row);
    }
    return { ...state, rows };
  } catch {
    return undefined;
  } finally {
    catalog.close();
  }
}

/** Both files for their owner alone; one after the other, and what does not belong together is no state. */
export async function writeCatalog(cache: string, bytes: Uint8Array, state: RefreshState): Promise<void> {
  await writeFileAtomic(catalogFileIn(cache), bytes, { exactMode: 0o600 });
  await writeRefreshState(cache, state);
}

export async function writeRefreshState(cache: string, state: RefreshState): Promise<void> {
  const text = JSON.stringify({ version: STATE_VERSION, ...state });
  await writeFileAtomic(stateFileIn(cache), text, { exactMode: 0o600 });
}
