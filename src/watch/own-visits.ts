import type { Era } from '../mcp/greeting.ts';
import type { WatchSettings } from '../settings/watch-settings.ts';
import { type DeepCheck, deepCheckOf } from './deep-check.ts';
import type { Listed, OwnSession, WatchedServer, WatchPorts } from './ports.ts';
import { type Answered, createProber, type Prober } from './prober.ts';

export interface OwnVisitsOptions {
  readonly ports: Pick<WatchPorts, 'clock' | 'random' | 'measureStall' | 'open' | 'callOf'>;
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
  probe(names: readonly string[]): Promise<void>;
  /** Forgets what was found of a server and visits it again. @throws what is wrong with it. */
  anew(server: WatchedServer): Promise<void>;
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

export interface Visited {
  readonly prober: Prober;
  /** What was found last, when it went well. */
  readonly found: Found | undefined;
  /** Absent where only a sign of life is wanted. */
  readonly deep: DeepCheck | undefined;
}

export interface Found extends Listed {
  readonly era: Era;
}

interface Visitor extends Visited {
  readonly server: WatchedServer;
  found: Found | undefined;
  /** Ends the session that is kept open. */
  end(): Promise<void>;
}

export function createOwnVisits(options: OwnVisitsOptions): OwnVisits {
  const visitors = new Map<string, Visitor>();
  const ending = new Set<Promise<unknown>>();
  let isPaused = false;

  const drop = (name: string): void => {
    const visitor = visitors.get(name);
    if (!visitor) return;
    visitors.delete(name);
    visitor.prober.stop();
    const end = visitor.end().finally(() => ending.delete(end));
    ending.add(end);
  };
  return {
    follow(servers) {
      const wanted = new Map(servers.map((server) => [server.name, server]));
      for (const [name, { server }] of [...visitors]) if (wanted.get(name) !== server) drop(name);
      for (const server of servers) {
        if (visitors.has(server.name)) continue;
        const visitor = createVisitor(server, options);
        visitors.set(server.name, visitor);
        if (!isPaused) visitor.prober.start('now');
      }
    },
    of: (name) => visitors.get(name),
    async probe(names) {
      await Promise.all(names.map((name) => visitors.get(name)?.prober.now()));
    },
    async anew({ name }) {
      const visitor = visitors.get(name);
      if (!visitor) return;
      await visitor.end();
      visitor.prober.forget();
      visitor.deep?.forget();
      await visitor.prober.now();
      if (visitor.prober.trouble) throw visitor.prober.trouble;
    },
    pause() {
      isPaused = true;
      for (const { prober } of visitors.values()) prober.pause();
    },
    resume() {
      isPaused = false;
      for (const { prober } of visitors.values()) prober.start('soon');
    },
    async close() {
      for (const name of [...visitors.keys()]) drop(name);
      await Promise.allSettled([...ending]);
    },
  };
}

/** What has an address is held on to and asked often; a program is started, looked at and ended again. */
function createVisitor(server: WatchedServer, options: OwnVisitsOptions): Visitor {
  const { ports, settings, inTurn, changed } = options;
  const { intervalMs, idleIntervalMs } = settings;
  const { clock } = ports;
  const deep = deepCheckOf(server, options);
  let session: OwnSession | undefined;
  let listedAt = 0;
  let underWay: Promise<unknown> = Promise.resolve();

  const end = async (): Promise<void> => {
    const ended = session;
    session = undefined;
    await ended?.close().catch(() => {});
  };
  const list = async (opened: OwnSession): Promise<Answered> => {
    const listed = await opened.list();
    visitor.found = { ...listed, era: opened.era };
    listedAt = clock.now();
    return { at: listedAt, ms: listed.ms };
  };
  const check = async (opened: OwnSession, answered: Answered): Promise<Answered> => {
    const call = await deep?.due(visitor.found?.changed ?? []);
    if (call) deep?.told(call, await opened.call(call));
    return { ...answered, flaw: deep?.flaw };
  };
  const visit = async (signal: AbortSignal, timeoutMs: number): Promise<Answered> => {
    signal.throwIfAborted();
    try {
      if (session && clock.now() - listedAt < idleIntervalMs) {
        const ms = await session.ping(timeoutMs);
        return await check(session, { at: clock.now(), ms });
      }
      session ??= await ports.open(server, signal);
      return await check(session, await list(session));
    } catch (error) {
      await end();
      throw error;
    } finally {
      if (!server.isRemote || signal.aborted) await end();
    }
  };
  const prober = createProber({
    ...settings,
    server: server.name,
    clock,
    random: ports.random,
    measureStall: ports.measureStall,
    intervalMs: server.isRemote ? intervalMs : Math.max(idleIntervalMs, intervalMs),
    async attempt(signal, timeoutMs) {
      // Only programs are a burden: of hosts that do not answer, none may keep others waiting.
      const visiting = server.isRemote
        ? visit(signal, timeoutMs)
        : inTurn(async () => await visit(signal, timeoutMs));
      underWay = visiting.catch(() => {});
      return await visiting;
    },
    changed,
  });
  const visitor: Visitor = {
    server,
    prober,
    found: undefined,
    deep,
    async end() {
      await underWay;
      await end();
    },
  };
  return visitor;
}
