import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { readRefreshState } from '../../marketplace/refresh/refresh-state.ts';
import { placesIn, USER_PLACES } from '../../settings/places.ts';

/** What an own registry listed longer ago is asked for again. */
const FRESH_MS = 3_600_000;
/** A search waits no longer for a registry. */
const PATIENCE_MS = 3000;

/**
 * Reads the user's own registries again where that is due, so that a search finds what they list. Where one does not
 * answer in time, what is known of it counts, and a note says so. The public registry is read by `catalog refresh`
 * alone.
 */
export async function freshenOwnRegistries(context: Context): Promise<void> {
  const { paths, now, output } = context;
  if (!(await mayNameRegistries(paths.settings))) return;
  const { settingsOrDefaults } = await import('../settings/settings-or-defaults.ts');
  const settings = await settingsOrDefaults(context);
  const { own } = settings.registries;
  if (own.length === 0) return;
  const state = await readRefreshState(paths.cache);
  const due = own.filter(({ name }) => {
    const known = state?.sources.find((source) => source.name === name);
    return known === undefined || now().getTime() - Date.parse(known.readAt) > FRESH_MS;
  });
  if (due.length === 0) return;
  const [{ refreshFrom }, { knownRegistries }] = await Promise.all([
    import('../catalog/refresh-flow.ts'),
    import('../registry/known-registries.ts'),
  ]);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const machine = { ...context, signal };
  const flags = { registry: due.map(({ name }) => name) };
  try {
    const { sources } = await refreshFrom(knownRegistries(settings, context), flags, settings, machine);
    for (const { name, error } of sources) if (error) output.note(`${name} was not read: ${error.message}`);
  } catch (error) {
    if (!(error instanceof McpctlError) || context.signal.aborted) throw error;
    const names = flags.registry.join(', ');
    output.note(`Your registries were not read again in time (${names}): mcpctl catalog refresh`);
  }
}

/**
 * Own registries are in the user's settings alone. Judging these takes a good part of the time of a search, and files
 * that don't hold the word name none.
 */
async function mayNameRegistries(folder: string): Promise<boolean> {
  const places = await placesIn(folder, USER_PLACES).catch(() => []);
  for (const place of places) {
    const text = await readFile(join(folder, place), 'utf8').catch(() => '');
    if (text.includes('registries')) return true;
  }
  return false;
}
