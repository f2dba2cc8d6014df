import { McpctlError } from '../core/errors.ts';
import { askRestart } from '../gateway/control/ask-restart.ts';
import type { ControlStatus } from '../gateway/control/protocol.ts';
import type { WatchSettings } from '../settings/watch-settings.ts';
import { createPlaces } from './at-once.ts';
import type { Observation } from './observation.ts';
import {
  iso,
  judge,
  type Link,
  observeProcess,
  observeServer,
  overallWarnings,
  type SeenServer,
} from './observe.ts';
import { createOwnVisits } from './own-visits.ts';
import { createOwnedProbes } from './owned-probes.ts';
import { createOwners } from './owners.ts';
import type { WatchedServer, WatchPorts } from './ports.ts';
import type { Watcher } from './watcher.ts';

export interface WatcherOptions {
  readonly ports: WatchPorts;
  readonly settings: WatchSettings;
  /** Only these, which are then looked at whoever they belong to. */
  readonly names?: readonly string[];
  /** Programs that are started for a look at once. */
  readonly atOnce: number;
}

const TICK_MS = 1000;
/** Without a change there is an observation all the same, so often: numbers go on, and rules count time. */
const QUIET_MS = 5000;
/** What changed is told with every look for so long: a rule may wait for a state that stays for a moment. */
const RESTLESS_MS = 3000;
/** Memory is looked up less often, since it takes a look at every program of the machine. */
const MEMORY_EVERY_MS = 30_000;
/** That of new programs is of interest sooner. */
const NEW_MEMORY_MS = 5000;

/** Watches the servers of the manifests, in the processes that run them and by sessions of its own. */
export function createWatcher(options: WatcherOptions): Watcher {
  return new RunningWatcher(options);
}

class RunningWatcher implements Watcher {
  readonly #options: WatcherOptions;
  readonly #owners;
  readonly #visits;
  readonly #probes;
  readonly #listeners = new Set<(observation: Observation) => void>();
  readonly #states = new Map<string, { readonly state: string; readonly since: number }>();
  readonly #begun: Promise<Observation>;
  #servers: readonly WatchedServer[] = [];
  #signIns: ReadonlyMap<string, number | null> = new Map();
  #memory: ReadonlyMap<number, number> = new Map();
  #weighed: ReadonlySet<number> = new Set();
  #memoryAt = Number.NEGATIVE_INFINITY;
  /** What the last look found, and whether that was not yet told. */
  #found: readonly unknown[] = [];
  #isNew = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #changedAt = Number.NEGATIVE_INFINITY;
  #cancelTick = (): void => {};
  #isClosed = false;
  #isStale = false;
  latest: Observation | undefined;
  isPaused = false;

  constructor(options: WatcherOptions) {
    this.#options = options;
    const { ports, settings } = options;
    const shared = { ports, settings, changed: () => this.#changed() };
    this.#owners = createOwners({ ports, changed: () => this.#told() });
    this.#probes = createOwnedProbes(shared);
    this.#visits = createOwnVisits({ ...shared, inTurn: createPlaces(options.atOnce) });
    this.#begun = this.#look().then(async () => {
      // Who looks on sees the servers at once, and each as soon as it was looked at.
      this.#publish();
      await this.#probe(this.#servers);
      return this.#publish();
    });
    this.#begun.then(
      () => this.#tick(),
      () => {},
    );
  }

  subscribe(listener: (observation: Observation) => void): () => void {
    this.#listeners.add(listener);
    if (this.latest) listener(this.latest);
    return () => void this.#listeners.delete(listener);
  }

  firstRound(): Promise<Observation> {
    return this.#begun;
  }

  async restart(name: string): Promise<void> {
    const server = this.#serverOf(name);
    const owners = this.#owners.all().filter(({ running }) => running.servers.includes(name));
    const { ask } = this.#options.ports;
    const asked = owners.map(({ running }) => askRestart(running, { server: name, ask }));
    if (owners.length === 0) await this.#visits.anew(server);
    try {
      await Promise.all(asked);
    } finally {
      await Promise.allSettled(asked);
      await this.#look();
      this.#publish();
    }
  }

  pause(): void {
    this.isPaused = true;
    this.#visits.pause();
    this.#probes.pause();
    this.#changed();
  }

  resume(): void {
    this.isPaused = false;
    this.#visits.resume();
    this.#probes.resume();
    this.#changed();
  }

  async probeNow(name?: string): Promise<Observation> {
    const wanted = name === undefined ? this.#servers : [this.#serverOf(name)];
    await this.#look();
    await this.#probe(wanted);
    return this.#publish();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTick();
    this.#listeners.clear();
    this.#owners.close();
    this.#probes.close();
    await this.#visits.close();
  }

  async #probe(servers: readonly WatchedServer[]): Promise<void> {
    const names = servers.map(({ name }) => name);
    await Promise.all([this.#visits.probe(names), this.#probes.probe(names)]);
  }

  #serverOf(name: string): WatchedServer {
    const found = this.#servers.find((server) => server.name === name);
    if (found) return found;
    throw new McpctlError('SERVER_UNKNOWN', `There is no server ${JSON.stringify(name)} to watch.`, {
      hint: 'mcpctl list',
      data: { server: name },
    });
  }

  #tick(): void {
    if (this.#isClosed) return;
    this.#cancelTick = this.#options.ports.clock.after(TICK_MS, () => {
      // A manifest that is being edited may be broken for a moment: what was known goes on.
      void this.#look()
        .catch(() => {})
        .then(() => {
          if (this.#isClosed) return;
          const now = this.#options.ports.clock.now();
          if (this.#isNew) this.#changedAt = now;
          const isRestless = now - this.#changedAt < RESTLESS_MS;
          if (isRestless || now - this.#toldAt >= QUIET_MS) this.#publish();
          this.#tick();
        });
    });
  }

  async #look(): Promise<void> {
    const { ports, names } = this.#options;
    const [servers, signIns] = await Promise.all([ports.servers(), ports.signIns(), this.#owners.look()]);
    this.#servers = names ? servers.filter(({ name }) => names.includes(name)) : servers;
    this.#signIns = signIns;
    await this.#weigh();
    this.#place();
    const owners = this.#owners.all().flatMap(({ id, states, silence }) => [id, states, silence]);
    const found = [servers, ...[...signIns].flat(), ...owners];
    this.#isNew ||= found.length !== this.#found.length || found.some((each, at) => each !== this.#found[at]);
    this.#found = found;
  }

  /** Each server is probed where it runs, or else by a session of the watcher. */
  #place(): void {
    if (this.#isClosed) return;
    const owners = this.#owners.all();
    this.#visits.follow(this.#servers.filter((server) => this.#isIdle(server)));
    this.#probes.follow(
      this.#servers.flatMap((server) =>
        owners
          .filter(({ running }) => running.servers.includes(server.name))
          .map((owner) => ({ owner, server })),
      ),
    );
  }

  /** A process said something, or is gone. */
  #told(): void {
    this.#place();
    this.#changed();
  }

  async #weigh(): Promise<void> {
    const { ports } = this.#options;
    const age = ports.clock.now() - this.#memoryAt;
    if (age < NEW_MEMORY_MS) return;
    const pids = this.#owners
      .all()
      .flatMap(({ status }) => status?.servers.flatMap((server) => server.pids) ?? []);
    const isNew = pids.some((pid) => !this.#weighed.has(pid));
    if (!isNew && age < MEMORY_EVERY_MS) return;
    this.#memoryAt = ports.clock.now();
    this.#weighed = new Set(pids);
    this.#memory = pids.length === 0 ? new Map() : await ports.memoryOf(pids);
  }

  /** Nobody runs it, and the watcher may look itself. */
  #isIdle({ name, isDisabled, isOurs }: WatchedServer): boolean {
    if (isDisabled || !(isOurs || this.#options.names?.includes(name))) return false;
    return !this.#owners.all().some(({ running }) => running.servers.includes(name));
  }

  #changed(): void {
    if (this.#isStale || this.#isClosed || !this.latest) return;
    this.#isStale = true;
    // What changes together is told together.
    setImmediate(() => {
      this.#isStale = false;
      if (this.#isClosed) return;
      this.#changedAt = this.#options.ports.clock.now();
      this.#publish();
    });
  }

  #publish(): Observation {
    const { ports, settings } = this.#options;
    const now = ports.clock.now();
    this.#toldAt = now;
    this.#isNew = false;
    const servers = this.#servers.map((server) => {
      const seen = this.#seen(server);
      const verdict = judge(seen);
      return observeServer(seen, this.#since(server.name, verdict.state, now), verdict, settings);
    });
    this.latest = {
      at: iso(now),
      warnings: overallWarnings(servers, settings),
      servers,
      processes: this.#owners.all().map(observeProcess),
      auditFailures: this.#count((status) => status.auditFailures),
      signIns: {
        succeeded: this.#count((status) => status.signIns?.succeeded),
        failed: this.#count((status) => status.signIns?.failed),
      },
    };
    for (const listener of [...this.#listeners]) listener(this.latest);
    return this.latest;
  }

  /** Of all processes together; older versions do not count everything. */
  #count(read: (status: ControlStatus) => number | undefined): number {
    return this.#owners.all().reduce((sum, { status }) => sum + ((status && read(status)) ?? 0), 0);
  }

  #seen(server: WatchedServer): SeenServer {
    const { name } = server;
    const links = this.#owners
      .all()
      .filter(({ running }) => running.servers.includes(name))
      .map(
        (owner): Link => ({
          owner,
          said: owner.status?.servers.find((said) => said.name === name),
          probed: this.#probes.of(owner, name),
        }),
      );
    return {
      server,
      links,
      own: this.#visits.of(name),
      tokenExpiresAt: this.#signIns.get(server.profile),
      memory: this.#memory,
    };
  }

  #since(name: string, state: string, now: number): number {
    const known = this.#states.get(name);
    if (known?.state === state) return known.since;
    this.#states.set(name, { state, since: now });
    return now;
  }
}
