import { availableParallelism } from 'node:os';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { readManifests } from '../../manifest/manifest.ts';
import { readSettings } from '../../settings/read.ts';
import { createWatcher } from '../../watch/create-watcher.ts';
import { watchPorts } from '../../watch/here.ts';
import type { Watcher } from '../../watch/watcher.ts';

export interface OpenWatcherOptions {
  /** Only these. */
  readonly names?: readonly string[] | undefined;
  /** Between two probes, instead of what the settings say, in milliseconds. */
  readonly intervalMs?: number | undefined;
  /** Has the harmless call of each server made as well. */
  readonly deep?: boolean | undefined;
}

/** Programs that are started for a look at once, for each core. */
const AT_ONCE = 2;

/** A watcher of the servers here, by the settings in force. @throws SERVER_UNKNOWN and what reading throws. */
export async function openWatcher(options: OpenWatcherOptions, context: Context): Promise<Watcher> {
  const { names, intervalMs, deep } = options;
  const { watch, timeouts, policy } = (await readSettings(context)).settings;
  if (names) await refuseUnknown(names, context);
  return createWatcher({
    ports: watchPorts({ machine: context, startMs: timeouts.startMs, policy }),
    settings: { ...watch, ...(intervalMs !== undefined && { intervalMs }), ...(deep && { deep }) },
    atOnce: AT_ONCE * availableParallelism(),
    ...(names && { names }),
  });
}

async function refuseUnknown(names: readonly string[], { paths, cwd }: Context): Promise<void> {
  const { servers } = await readManifests({ paths, cwd });
  const unknown = names.find((name) => !servers.has(name));
  if (unknown === undefined) return;
  throw new McpctlError('SERVER_UNKNOWN', `There is no server ${JSON.stringify(unknown)} to watch.`, {
    hint: 'mcpctl list shows the servers there are.',
    data: { server: unknown },
  });
}
