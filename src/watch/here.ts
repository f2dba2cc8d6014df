import { createSignInIndex } from '../auth/store/sign-in-index.ts';
import { wallClock } from '../calls/clock.ts';
import { createPolicy } from '../calls/policy.ts';
import { askControl } from '../gateway/control/ask-control.ts';
import { findRunning } from '../gateway/control/find-running.ts';
import { followControl } from '../gateway/control/follow-control.ts';
import type { OpenServerOptions } from '../gateway/servers/open-server.ts';
import { memoryOf } from '../platform/memory-of.ts';
import type { Paths } from '../platform/paths.ts';
import { measureStall } from '../platform/stalls.ts';
import { catalogFactsOf } from '../servers/catalog-facts.ts';
import type { PolicySettings } from '../settings/call-settings.ts';
import { openOwnSession } from './own-session.ts';
import type { WatchPorts } from './ports.ts';
import { createProcessFinder } from './process-finder.ts';
import { createWatchedServers } from './watched-servers.ts';

/** The parts of the machine the watcher needs; a command's `Context` has them all. */
export type WatchMachine = OpenServerOptions['machine'] & { readonly paths: Paths };

export interface HereOptions {
  readonly machine: WatchMachine;
  /** How long a server may take to start and to list its tools, in milliseconds. */
  readonly startMs: number;
  /** What it forbids is not called by the watcher either. */
  readonly policy: PolicySettings;
}

/** The machine as it is. */
export function watchPorts({ machine, startMs, policy }: HereOptions): WatchPorts {
  const { paths, platform, cwd } = machine;
  const signIns = createSignInIndex(paths);
  return {
    clock: wallClock,
    random: Math.random,
    measureStall,
    servers: createWatchedServers({ paths, cwd }),
    processes: createProcessFinder(async () => await findRunning(paths.run, platform), paths.run),
    ask: askControl,
    follow: followControl,
    open: async (server, signal) => await openOwnSession(server, { machine, startMs, signal }),
    async callOf({ name, chosen, locked, isRemote }) {
      const { firstCall } = await catalogFactsOf({ entry: chosen.server.entry, lock: locked });
      if (!firstCall?.isRepeatable) return undefined;
      const { tool, arguments: args } = firstCall;
      const rules = createPolicy(policy, { isRemote: () => isRemote });
      const { isAllowed } = rules.judge({ server: name, tool, intent: 'read' });
      return isAllowed ? { tool, arguments: args } : undefined;
    },
    async signIns() {
      const rows = await signIns.list();
      return new Map(rows.map(({ profile, expiresAt = null }) => [profile, expiresAt]));
    },
    memoryOf: async (pids) => await memoryOf(pids, platform),
  };
}
