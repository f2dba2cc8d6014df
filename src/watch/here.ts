import { createSignInIndex } from '../auth/store/sign-in-index.ts';
import { wallClock } from '../calls/clock.ts';
import { askControl } from '../gateway/control/ask-control.ts';
import { findRunning } from '../gateway/control/find-running.ts';
import { followControl } from '../gateway/control/follow-control.ts';
import type { OpenServerOptions } from '../gateway/servers/open-server.ts';
import { memoryOf } from '../platform/memory-of.ts';
import type { Paths } from '../platform/paths.ts';
import { measureStall } from '../platform/stalls.ts';
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
}

/** The machine as it is. */
export function watchPorts({ machine, startMs }: HereOptions): WatchPorts {
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
    async signIns() {
      const rows = await signIns.list();
      return new Map(rows.map(({ profile, expiresAt = null }) => [profile, expiresAt]));
    },
    memoryOf: async (pids) => await memoryOf(pids, platform),
  };
}
