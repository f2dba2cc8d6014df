import { hostname } from 'node:os';
import type { AuditMachine } from '../../audit/open-here.ts';
import { endGenerations } from '../../calls/cache/generations.ts';
import { createResourceCache } from '../../calls/cache/resource-cache.ts';
import { intentOf } from '../../calls/call-facts.ts';
import { openCallRecorder } from '../../calls/call-recorder.ts';
import { systemClock } from '../../calls/clock.ts';
import { type CatalogServer, capabilitiesHere } from '../../calls/equivalents/known.ts';
import { cache } from '../../calls/layers/cache.ts';
import { webSearches } from '../../calls/layers/fallback.ts';
import { rateLimit } from '../../calls/layers/rate-limit.ts';
import type { Meter } from '../../calls/meter.ts';
import { createPolicy } from '../../calls/policy.ts';
import type { SpanSink } from '../../calls/spans.ts';
import { buildStack } from '../../calls/stack.ts';
import { openStore } from '../../calls/stores/open-store.ts';
import type { SharedStore } from '../../calls/stores/store.ts';
import type { ToolMiddleware } from '../../calls/tool-call.ts';
import type { ToolLocks } from '../../calls/tool-lock/tool-locks.ts';
import { userName } from '../../platform/user-name.ts';
import { resolverFor } from '../../secrets/resolver-for.ts';
import type { Settings } from '../../settings/settings.ts';
import type { CallPlan } from './plan.ts';

export interface CallPlanOptions {
  readonly machine: AuditMachine;
  readonly settings: Settings;
  readonly meter: Meter;
  /** Whether a server is somewhere else than on this machine. */
  isRemote(server: string): boolean;
  /** Version and configuration of a server. */
  digest(server: string): string;
  readonly locks: ToolLocks;
  /** The servers that are here. */
  servers(): readonly CatalogServer[];
  warn(line: string): void;
  /** Outermost: sees every call with its outcome. */
  readonly watch?: ToolMiddleware;
  readonly spans?: SpanSink;
}

/** A plan whose log and store can be closed. */
export interface OpenCallPlan extends CallPlan {
  readonly store: SharedStore;
  close(): Promise<void>;
}

/** How the settings want tool calls to be treated. @throws what opening the store throws. */
export async function openCallPlan(options: CallPlanOptions): Promise<OpenCallPlan> {
  const { machine, settings, meter, isRemote, digest, locks, warn, watch } = options;
  const recorder = openCallRecorder({ machine, settings: settings.audit, isLasting: true, warn });
  const store = await openStore({
    settings,
    resolver: () => resolverFor(machine, { scope: 'user' }),
    failed: meter.storeFailed,
    warn,
  });
  const tenant = `${userName(machine.env)}@${hostname()}`;
  const { now } = machine;
  const policy = createPolicy(settings.policy, { isRemote, locks, warn });
  return {
    store,
    resources: createResourceCache({ settings: settings.cache, store, tenant, now }),
    // A store that is away hears of it when it is back.
    forget: (server, changes) => void endGenerations(store, server, changes).catch(() => {}),
    shows(_, server, tool) {
      policy.learn(server, [tool]);
      const { name, annotations } = tool;
      return policy.judge({ server, tool: String(name), intent: intentOf(annotations) }).isAllowed;
    },
    isWebSearch: webSearches(settings.fallbacks),
    stack(ports, innermost) {
      const stack = buildStack(
        {
          settings,
          policy,
          meter,
          recorder,
          spans: options.spans,
          cache: cache({
            settings: settings.cache,
            store,
            meter,
            instance: ({ server }) => digest(server),
            tenant,
            now,
          }),
          rateLimit: rateLimit({ limits: settings.limits, store, meter }),
          equivalents: async () =>
            capabilitiesHere(options.servers(), settings.standIns, Object.keys(settings.fallbacks)),
          clock: systemClock,
          random: Math.random,
          warn,
          ...ports,
        },
        innermost,
      );
      return watch ? watch(stack) : stack;
    },
    async close() {
      await Promise.all([recorder?.close(), store.close()]);
    },
  };
}
