import type { WatchSettings } from '../settings/watch-settings.ts';
import type { Visit, WatchedServer, WatchPorts } from './ports.ts';
import { createProber, type Prober } from './prober.ts';

export interface OwnVisitsOptions {
  readonly ports: Pick<WatchPorts, 'clock' | 'random' | 'visit'>;
  readonly settings: WatchSettings;
  /** Waits for a turn where many want to work at once. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  changed(): void;
}

/** The watcher's own sessions, with servers nobody runs. */
export interface OwnVisits {
  /** These are the servers nobody runs; each new one is visited at once. */
  follow(servers: readonly WatchedServer[]): void;
  of(name: string): Visited | undefined;
  /** Settles when each of them was visited once. */
  firstRound(): Promise<void>;
  probe(names: readonly string[]): Promise<void>;
  /** Forgets what was found of a server and visits it again. @throws what is wrong with it. */
  anew(server: WatchedServer): Promise<void>;
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

export interface Visited {
  readonly prober: Prober;
  /** What the last one that went well found. */
  readonly visit: Visit | undefined;
}

interface Visitor extends Visited {
  readonly server: WatchedServer;
  visit: Visit | undefined;
}

export function createOwnVisits({ ports, settings, inTurn, changed }: OwnVisitsOptions): OwnVisits {
  const visitors = new Map<string, Visitor>();
  const underWay = new Set<Promise<unknown>>();
  let isPaused = false;

  const create = (server: WatchedServer): Visitor => {
    const { intervalMs, idleIntervalMs } = settings;
    const attempt = async (signal: AbortSignal) =>
      await inTurn(async () => {
        signal.throwIfAborted();
        const visiting = ports.visit(server, signal);
        underWay.add(visiting);
        try {
          visitor.visit = await visiting;
          return { at: ports.clock.now(), ms: visitor.visit.ms };
        } finally {
          underWay.delete(visiting);
        }
      });
    const prober = createProber({
      ...settings,
      server: server.name,
      clock: ports.clock,
      random: ports.random,
      // What has an address costs nothing to keep asking; a program is started for it.
      intervalMs: server.isRemote ? intervalMs : Math.max(idleIntervalMs, intervalMs),
      attempt,
      changed,
    });
    const visitor: Visitor = { server, prober, visit: undefined };
    return visitor;
  };
  const drop = (name: string): void => {
    visitors.get(name)?.prober.stop();
    visitors.delete(name);
  };
  return {
    follow(servers) {
      const wanted = new Set(servers.map(({ name }) => name));
      for (const name of [...visitors.keys()]) if (!wanted.has(name)) drop(name);
      for (const server of servers) {
        if (visitors.has(server.name)) continue;
        const visitor = create(server);
        visitors.set(server.name, visitor);
        if (!isPaused) visitor.prober.start('now');
      }
    },
    of: (name) => visitors.get(name),
    async firstRound() {
      await Promise.all([...visitors.values()].map(({ prober }) => prober.now()));
    },
    async probe(names) {
      await Promise.all(names.map((name) => visitors.get(name)?.prober.now()));
    },
    async anew({ name }) {
      const prober = visitors.get(name)?.prober;
      prober?.forget();
      await prober?.now();
      if (prober?.trouble) throw prober.trouble;
    },
    pause() {
      isPaused = true;
      for (const { prober } of visitors.values()) prober.pause();
    },
    resume() {
      isPaused = false;
      for (const { prober } of visitors.values()) prober.start('later');
    },
    async close() {
      for (const name of [...visitors.keys()]) drop(name);
      await Promise.allSettled([...underWay]);
    },
  };
}
