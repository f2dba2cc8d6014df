import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { openFileStore } from '../../marketplace/store/file-store.ts';
import type { RegistryStore } from '../../marketplace/store/store.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { resolverFor } from '../../secrets/resolver-for.ts';
import type { Settings } from '../../settings/settings.ts';
import { type DataFlags, registryFolder, registryTokens } from './registry-place.ts';

/** Where a registry keeps what it knows, for people. */
export interface OpenedStore {
  readonly store: RegistryStore;
  readonly where: string;
}

interface StoreOptions extends DataFlags {
  readonly settings: Settings;
}

/** Runs with the store open for changes: that of the settings in PostgreSQL, else the folder's, which one process has. */
export async function withStore(
  options: StoreOptions,
  context: Context,
  run: (opened: OpenedStore) => Promise<void>,
): Promise<void> {
  const postgres = await postgresStore(options.settings, context);
  if (postgres) return await use(postgres, run);
  const folder = registryFolder(options, context);
  let isOurs = false;
  try {
    await withFileLock(
      { folder: registryTokens(options, context).locks, name: 'serve', timeoutMs: 1000 },
      async () => {
        isOurs = true;
        await use({ store: await openFileStore(folder), where: folder }, run);
      },
    );
  } catch (error) {
    if (isOurs || !(error instanceof McpctlError) || error.code !== 'LOCK_TIMEOUT') throw error;
    throw new McpctlError('LOCK_TIMEOUT', `Another process serves the registry of ${folder}.`, {
      hint: 'Use that one, or serve another folder: mcpctl registry serve --data <folder>',
      cause: error,
    });
  }
}

/** Opens the store for reading, beside whoever serves it. */
export async function readStore(options: StoreOptions, context: Context): Promise<OpenedStore> {
  const postgres = await postgresStore(options.settings, context);
  if (postgres) return postgres;
  const folder = registryFolder(options, context);
  return { store: await openFileStore(folder, { isReadOnly: true }), where: folder };
}

async function use(
  { store, where }: OpenedStore,
  run: (opened: OpenedStore) => Promise<void>,
): Promise<void> {
  try {
    await run({ store, where });
  } finally {
    await store.close();
  }
}

async function postgresStore(settings: Settings, context: Context): Promise<OpenedStore | undefined> {
  const reference = settings.registryServer.postgres;
  if (reference === undefined) return undefined;
  const resolver = resolverFor(context, { scope: 'user', projectFolder: context.paths.settings });
  const { url = '' } = (await resolver.resolve({ url: reference }, context.signal)).values;
  const { openPostgresStore } = await import('../../marketplace/store/postgres-store.ts');
  return { store: await openPostgresStore({ url }), where: 'PostgreSQL' };
}
