import { setTimeout as sleep } from 'node:timers/promises';
import { loadCatalogIndex, loadListedIndex } from '../../catalog/load.ts';
import type { Context } from '../../cli/context.ts';
import { progressLine } from '../../cli/progress-line.ts';
import { McpctlError } from '../../core/errors.ts';
import { type RefreshReport, refreshCatalogFile } from '../../marketplace/refresh/refresh.ts';
import { createFetch } from '../../platform/fetch.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import type { KnownRegistry } from '../../servers/choose-registry.ts';
import { readSettings } from '../../settings/read.ts';
import type { Settings } from '../../settings/settings.ts';
import { knownRegistries } from '../registry/known-registries.ts';
import { countLocalUse } from '../usage/count-local-use.ts';

export interface RefreshFlags {
  /** Name in the settings; `public` is the one everybody has. */
  readonly registry?: readonly string[];
  /** Everything again, not only what changed. */
  readonly full?: boolean;
  readonly dryRun?: boolean;
}

/** Another refresh of a whole registry takes less. */
const LOCK_MS = 120_000;

/**
 * Reads the registries of the settings and keeps what they list for `search` and `info`.
 * @throws REGISTRY_UNKNOWN, LOCK_TIMEOUT, CANCELLED, and when none of them answered what the first of them threw.
 */
export async function refreshFlow(flags: RefreshFlags, context: Context): Promise<RefreshReport> {
  const { settings } = await readSettings(context);
  const registries = knownRegistries(settings, context);
  refuseUnknown(flags.registry, registries);
  const report = await refreshFrom(registries, flags, settings, context);
  const asked = report.sources.filter(({ outcome }) => outcome !== 'kept');
  // Searches rank by it, and have no time to count.
  if (!flags.dryRun) await countLocalUse(context);
  const [failed] = asked.filter(({ outcome }) => outcome === 'failed');
  if (failed?.error && asked.every(({ outcome }) => outcome === 'failed')) {
    const { message, hint } = failed.error;
    throw new McpctlError('REGISTRY_UNREACHABLE', `No registry could be read. ${message}`, {
      hint: [hint, 'What was read before stays: mcpctl search'].filter(Boolean).join('\n'),
      data: { sources: asked.map(({ name, url, error }) => ({ name, url, error })) },
    });
  }
  return report;
}

/** The same for some registries, one refresh at a time on this machine. */
export async function refreshFrom(
  registries: readonly KnownRegistry[],
  { registry: only, full = false, dryRun = false }: RefreshFlags,
  { network }: Pick<Settings, 'network'>,
  context: Context,
): Promise<RefreshReport> {
  const { env, signal, now, paths } = context;
  const catalog = [...(await loadCatalogIndex()), ...(await loadListedIndex())];
  const progress = progressLine(context.output);
  const options = { folder: paths.locks, name: 'catalog-refresh', signal, timeoutMs: LOCK_MS };
  try {
    return await withFileLock(options, () =>
      refreshCatalogFile({
        registries,
        ...(only && { only: new Set(only) }),
        catalog,
        cache: paths.cache,
        fetch: createFetch({ env, allowPrivate: ['loopback', ...network.allowPrivate] }),
        signal,
        now,
        isFull: full,
        dryRun,
        pause: async (milliseconds) => await pause(milliseconds, signal),
        progress: (text) => progress.show(text),
      }),
    );
  } finally {
    progress.clear();
  }
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {
    throw new McpctlError('CANCELLED', 'Cancelled while waiting for a registry; nothing was changed.');
  });
}

function refuseUnknown(asked: readonly string[] | undefined, registries: readonly KnownRegistry[]): void {
  const names = registries.map(({ name }) => name);
  const unknown = asked?.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new McpctlError(
    'REGISTRY_UNKNOWN',
    `There is no registry ${JSON.stringify(unknown)} in the settings.`,
    {
      hint: `There is: ${names.join(', ')}. Another one: mcpctl registry connect <url>`,
      data: { registries: names },
    },
  );
}
