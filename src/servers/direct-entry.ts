import type { ClientEntry } from '../clients/entry.ts';
import { fromManifest } from '../clients/manifest-entry.ts';
import { McpctlError } from '../core/errors.ts';
import type { ServerEntry } from '../manifest/entry.ts';
import { readLock } from '../manifest/lock.ts';
import type { Paths } from '../platform/paths.ts';
import { launchOf } from './launch.ts';

export interface DirectMachine {
  readonly paths: Pick<Paths, 'manifest' | 'servers'>;
  readonly platform: NodeJS.Platform;
  readonly program: { readonly node: string };
}

/**
 * What `--direct` writes into a client for a server of the user's: the installed program itself, or the entry as it
 * stands where nothing is installed.
 * @throws INTEGRITY_MISMATCH
 */
export async function directEntry(
  name: string,
  entry: ServerEntry,
  { paths, platform, program }: DirectMachine,
): Promise<ClientEntry> {
  const lockEntry = (await readLock(paths.manifest)).servers[name];
  try {
    const launch = launchOf({
      name,
      entry,
      paths,
      node: program.node,
      platform,
      ...(lockEntry && { lockEntry }),
    });
    // Without a lock, the address alone has to tell the transport.
    return launch.kind === 'remote' && launch.transport === undefined ? fromManifest(entry) : launch;
  } catch (error) {
    if (error instanceof McpctlError && error.code === 'SERVER_NOT_INSTALLED') return fromManifest(entry);
    throw error;
  }
}
