import { hostname } from 'node:os';
import type { AuditMachine } from '../../audit/open-here.ts';
import { openCallRecorder } from '../../calls/call-recorder.ts';
import { systemClock } from '../../calls/clock.ts';
import { capabilitiesHere } from '../../calls/equivalents/known.ts';
import { cache } from '../../calls/layers/cache.ts';
import { rateLimit } from '../../calls/layers/rate-limit.ts';
import type { Meter } from '../../calls/meter.ts';
import { createPolicy } from '../../calls/policy.ts';
import { buildStack, type StackOptions } from '../../calls/stack.ts';
import { openStore } from '../../calls/stores/open-store.ts';
import type { SharedStore } from '../../calls/stores/store.ts';
import type { ToolHandler, ToolMiddleware } from '../../calls/tool-call.ts';
import { createToolLocks } from '../../calls/tool-lock/tool-locks.ts';
import { McpctlError } from '../../core/errors.ts';
import { neverSent } from '../../core/never-sent.ts';
import type { LockTools } from '../../manifest/lock-schema.ts';
import { userName } from '../../platform/user-name.ts';
import { resolverFor } from '../../secrets/resolver-for.ts';
import { readSettings } from '../../settings/read.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../settings/settings.ts';
import { serversHere } from '../hub/servers-here.ts';
import type { Observed } from '../metrics/families.ts';
import type { TokenMachine } from '../servers/open-server-tokens.ts';
import type { ServerMachine } from '../servers/server-target.ts';
import { telemetryHere } from '../telemetry/telemetry-here.ts';
import { createClientCalls, type OwnTools } from './answer-calls.ts';
import type { ClientCalls, RelayPorts } from './client-calls.ts';
import { createOtherServers } from './other-servers.ts';

export interface OpenClientCallsOptions {
  readonly server: string;
  readonly machine: ServerMachine & TokenMachine & AuditMachine;
  readonly ports: RelayPorts;
  readonly meter: Meter;
  /** Whether the server is somewhere else than on this machine. */
  isRemote(): boolean;
  /** Digest of how the server is started or reached. */
  instance(): string;
  /** Its tools as they are locked now. */
  locked(): LockTools | undefined;
  /** What this process counts. */
  observed(): Observed;
  warn(line: string): void;
  /** Gets where limits and kept answers are. */
  opened(store: SharedStore): void;
}

/** The layers of `run`, by the settings in force here. */
export async function openClientCalls(options: OpenClientCallsOptions): Promise<ClientCalls> {
  const { server, machine, ports, meter, warn } = options;
  const { settings, route } = await settingsHere(options);
  const recorder = openCallRecorder({ machine, settings: settings.audit, isLasting: true, warn });
  const telemetry = await telemetryHere({ ...options, settings });
  const others = createOtherServers({ machine, note: warn });
  const store = await openStore({
    settings,
    resolver: () => resolverFor(machine, { scope: 'user' }),
    failed: meter.storeFailed,
    warn,
  });
  options.opened(store);
  const policy = createPolicy(settings.policy, {
    isRemote: (name) => (name === server ? options.isRemote() : true),
    locks: createToolLocks((name) => (name === server ? options.locked() : undefined)),
    warn,
  });
  const stack = (ask: ToolHandler, { learn, of }: OwnTools): ToolHandler =>
    buildStack(
      {
        settings,
        policy,
        meter,
        recorder,
        spans: telemetry,
        cache: cacheFor(options, settings, store, learn),
        rateLimit: rateLimit({ limits: settings.limits, store, meter }),
        clock: systemClock,
        random: Math.random,
        warn,
        learn,
        describe: async (name, tool) => (name === server ? of(tool) : await others.describe(name, tool)),
        equivalents: async () => {
          const { servers } = await serversHere({ paths: machine.paths, cwd: machine.cwd });
          return capabilitiesHere(servers, settings.standIns, Object.keys(settings.fallbacks));
        },
        ...(route && { route }),
      },
      async (call) => await (call.server === server ? ask(call) : others.call(call)),
    );
  return createClientCalls({
    server,
    ports,
    policy,
    now: machine.now,
    stack,
    async close() {
      await Promise.all([recorder?.close(), store.close(), others.close(), telemetry?.close()]);
    },
  });
}

/** What may be called is not known while the settings cannot be read: then nothing is. The server runs all the same. */
async function settingsHere({
  machine,
  warn,
}: OpenClientCallsOptions): Promise<{ readonly settings: Settings; readonly route?: ToolMiddleware }> {
  try {
    return { settings: (await readSettings(machine)).settings };
  } catch (error) {
    if (!(error instanceof McpctlError)) throw error;
    warn(`${error.message} ${error.hint ?? ''}`.trim());
    const refusal = neverSent(error);
    return {
      settings: DEFAULT_SETTINGS,
      route: () => async () => {
        throw refusal;
      },
    };
  }
}

/** Where nothing is kept, writes need not end the time of what was kept before; in a shared store others may keep. */
function cacheFor(
  { machine, meter, instance }: OpenClientCallsOptions,
  settings: Settings,
  store: SharedStore,
  learn: StackOptions['learn'],
): ToolMiddleware | undefined {
  if (Object.keys(settings.cache.tools).length === 0 && settings.store.kind === 'memory') return undefined;
  const tenant = `${userName(machine.env)}@${hostname()}`;
  const inner = cache({ settings: settings.cache, store, meter, instance, tenant, now: machine.now });
  return (next) => {
    const cached = inner(next);
    return async (call) => {
      if (call.intent === 'unknown') await learn(call);
      return await cached(call);
    };
  };
}
