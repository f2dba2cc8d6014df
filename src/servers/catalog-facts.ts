import type { JsonObject } from '../core/json.ts';
import { isRemote, type ServerEntry } from '../manifest/entry.ts';
import type { LockEntry } from '../manifest/lock-schema.ts';
import { readPackageCommand } from './package-command.ts';

/** What the catalog knows of a configured server. */
export interface CatalogFacts {
  /** A harmless call. */
  readonly firstCall?: FirstCall;
  /** Variables it needs and the entry does not give. */
  readonly notGiven: readonly string[];
  /** Lowest version of Node, e.g. `22.5.0`. */
  readonly nodeFloor?: string;
}

export interface FirstCall {
  readonly tool: string;
  readonly arguments: JsonObject;
  /** It can be made at any time, as the server runs: its arguments were seen, and it wants no other start. */
  readonly isRepeatable: boolean;
}

export interface ConfiguredEntry {
  readonly entry: ServerEntry;
  readonly lock: LockEntry | undefined;
}

/** What the catalog knows of the server, by the slug in the lock, the package of the command or the URL. */
export async function catalogFactsOf({ entry, lock }: ConfiguredEntry): Promise<CatalogFacts> {
  const { findInCatalog } = await import('../catalog/find.ts');
  const started = isRemote(entry) ? entry.url : readPackageCommand(entry.command, entry.args ?? [])?.package;
  const name = lock?.catalog ?? started;
  const match = name === undefined ? undefined : await findInCatalog(name);
  if (!match) return { notGiven: [] };
  const { firstCall, env, transports } = match.alternative ?? match.entry;
  const way = transports.find(({ id }) => id === match.transport);
  // The name of an archived package leads to its successor, which needs other things.
  if (lock?.catalog === undefined && way && way.kind !== 'remote' && way.package !== started)
    return { notGiven: [] };
  const text = JSON.stringify(entry);
  const notGiven = env
    .filter(
      ({ required, transports: readers }) => required && (!readers || readers.includes(match.transport)),
    )
    .map((variable) => variable.name)
    .filter((variable) => !text.includes(variable));
  const floor = way?.kind === 'npm' && /^>=\s*(\d+(?:\.\d+){0,2})/.exec(way.node ?? '')?.[1];
  return {
    // Told by its package alone, the entry may be of another way with other variables.
    notGiven: way?.kind === 'remote' ? [] : notGiven,
    ...(firstCall?.tool !== undefined && {
      firstCall: {
        tool: firstCall.tool,
        arguments: firstCall.args,
        isRepeatable: firstCall.argsVerified && firstCall.startArgs === undefined,
      },
    }),
    ...(floor && { nodeFloor: floor }),
  };
}
