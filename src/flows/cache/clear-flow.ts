import type { Context } from '../../cli/context.ts';
import { askCaches, type CachePlace, numberIn, type PlaceAnswer, processesHere } from './cache-here.ts';

export interface CacheCleared {
  readonly server?: string;
  /** Results that were removed, or would be. */
  readonly removed: number;
  readonly places: readonly (CachePlace & { readonly removed: number })[];
  readonly dryRun: boolean;
}

export interface ClearOptions {
  readonly server?: string;
  readonly dryRun?: boolean;
}

/**
 * Makes every place forget what it keeps.
 * @throws STORE_UNREACHABLE, SETTINGS_INVALID, and what the first process that could not be cleared says.
 */
export async function clearCaches(
  { server, dryRun = false }: ClearOptions,
  context: Context,
): Promise<CacheCleared> {
  const processes = await processesHere(context);
  const answers = await askCaches(dryRun ? 'stats' : 'clear', { server, processes }, context);
  const failed = answers.find(({ error }) => error && error.code !== 'PROCESS_NOT_RUNNING')?.error;
  if (failed) throw failed;
  const places = answers
    .filter(({ error }) => !error)
    .map((answer) => ({ ...placeOf(answer), removed: removedBy(answer, dryRun) }));
  return {
    ...(server !== undefined && { server }),
    removed: places.reduce((sum, { removed }) => sum + removed, 0),
    places,
    dryRun,
  };
}

function placeOf({ kind, pid }: PlaceAnswer): CachePlace {
  return { kind, ...(pid !== undefined && { pid }) };
}

function removedBy({ answer }: PlaceAnswer, dryRun: boolean): number {
  return numberIn(answer, dryRun ? 'entries' : 'removed');
}
