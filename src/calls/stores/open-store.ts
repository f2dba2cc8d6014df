import { McpctlError } from '../../core/errors.ts';
import type { Resolver } from '../../secrets/resolve.ts';
import type { Settings } from '../../settings/settings.ts';
import type { SharedStore } from './store.ts';

export interface OpenStoreOptions {
  readonly settings: Pick<Settings, 'store' | 'cache'>;
  /** Replaces references in the URL; made when there is a URL. */
  resolver(): Pick<Resolver, 'resolve'>;
  /** The shared store did not answer and something else stood in. */
  failed(): void;
  warn(line: string): void;
}

/** How long a question may take before a call goes on without an answer. */
const TIMEOUT_MS = 250;

/**
 * The store the settings name, for calls: a Redis that is not there stops none.
 * @throws SETTINGS_INVALID, and what resolving the URL throws.
 */
export async function openStore(options: OpenStoreOptions): Promise<SharedStore> {
  const { settings, failed, warn } = options;
  const { createMemoryStore } = await import('./memory-store.ts');
  const memory = createMemoryStore(settings.cache);
  if (settings.store.kind === 'memory') return memory;
  const shared = await openRedis(options, TIMEOUT_MS);
  const { createResilientStore } = await import('./resilient-store.ts');
  return createResilientStore({ shared, local: memory, failed, warn });
}

/** The Redis of the settings as it is: whoever asks learns that it is away. */
export async function openRedis(
  { settings, resolver }: Pick<OpenStoreOptions, 'settings' | 'resolver'>,
  timeoutMs: number,
): Promise<SharedStore> {
  const written = settings.store.url;
  if (written === undefined) {
    throw new McpctlError('SETTINGS_INVALID', 'store.kind is redis, but store.url is missing.', {
      hint: "mcpctl config set store.url '${REDIS_URL}'",
      data: { setting: 'store.url' },
    });
  }
  const { values } = await resolver().resolve({ url: written });
  const { createRedisStore } = await import('./redis-store.ts');
  return createRedisStore({ url: values.url ?? '', timeoutMs });
}
