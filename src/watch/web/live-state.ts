import type { Observation } from '../observation.ts';
import { createActivityBook } from './activity.ts';
import { createChangeBook } from './changes.ts';
import type { DashboardSources } from './sources.ts';
import type { DashboardState, ShownAlert, Viewer } from './wire.ts';

/** What is known, put together for whoever looks. Nothing is watched while nobody does. */
export interface LiveState {
  /** A line of JSON, as soon as there is something. Rejects with the reason of the signal. */
  read(viewer: Viewer, signal: AbortSignal): Promise<string>;
  /** Gets each new state until the signal aborts. */
  follow(viewer: Viewer, signal: AbortSignal, listener: (state: string) => void): void;
  close(): void;
}

/** Between two states that are sent, in milliseconds. */
const PACE_MS = 2000;
/** How long watching goes on after the last reader left: pages are loaded again. */
const LINGER_MS = 30_000;

export function createLiveState(sources: DashboardSources): LiveState {
  const activity = createActivityBook();
  const changes = createChangeBook();
  const followers = new Set<() => void>();
  let observation: Observation | undefined;
  let alerts: readonly ShownAlert[] = [];
  let stopWatching: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lingering: NodeJS.Timeout | undefined;
  let counting: Promise<void> | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  let readers = 0;

  const stateFor = (viewer: Viewer, seen: Observation): string => {
    const state: DashboardState = {
      observation: viewer.isOwner ? seen : withoutProcesses(seen),
      alerts: viewer.isOwner ? alerts : alerts.filter(({ server }) => isSeen(seen, server)),
      activity: activity.sum(sources.now()),
      changes: changes.latest(),
      limits: Object.fromEntries(seen.servers.map(({ name }) => [name, sources.limitOf(name)])),
      viewer,
      version: sources.version,
    };
    return JSON.stringify(state);
  };
  /** What cannot be read keeps nobody from seeing the servers; the search says so of the log. */
  const readOn = async (): Promise<void> => {
    const [calls, firing] = await Promise.allSettled([sources.newCalls(), sources.alerts()]);
    if (calls.status === 'fulfilled') activity.add(calls.value);
    if (firing.status === 'fulfilled') alerts = firing.value;
  };
  const count = (): Promise<void> => {
    counting ??= readOn().finally(() => {
      counting = undefined;
    });
    return counting;
  };
  const tell = async (): Promise<void> => {
    toldAt = performance.now();
    await count();
    timer = undefined;
    for (const follower of [...followers]) follower();
  };
  const noted = (seen: Observation): void => {
    observation = seen;
    changes.note(seen);
    const wait = Math.max(0, toldAt + PACE_MS - performance.now());
    timer ??= setTimeout(() => void tell(), wait).unref();
  };
  const begin = (): void => {
    clearTimeout(lingering);
    readers += 1;
    stopWatching ??= sources.watch(noted);
  };
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    stopWatching?.();
    stopWatching = undefined;
    observation = undefined;
  };
  const end = (): void => {
    readers -= 1;
    if (readers === 0) lingering = setTimeout(stop, LINGER_MS).unref();
  };
  const follow: LiveState['follow'] = (viewer, signal, listener) => {
    if (signal.aborted) return;
    begin();
    const told = (): void => {
      if (observation && !signal.aborted) listener(stateFor(viewer, observation));
    };
    followers.add(told);
    void count().then(told);
    const leave = (): void => {
      followers.delete(told);
      end();
    };
    signal.addEventListener('abort', leave, { once: true });
  };
  return {
    follow,
    async read(viewer, signal) {
      const over = new AbortController();
      try {
        return await new Promise<string>((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          follow(viewer, over.signal, resolve);
        });
      } finally {
        over.abort();
      }
    },
    close() {
      clearTimeout(lingering);
      stop();
    },
  };
}

/** Alerts about secrets and the machine are its owner's. */
function isSeen({ servers }: Observation, server: string | undefined): boolean {
  return servers.some(({ name }) => name === server);
}

/** Where other processes of the user work is nobody else's business. */
function withoutProcesses(observation: Observation): Observation {
  const servers = observation.servers.map((server) => ({ ...server, owners: [] }));
  return { ...observation, servers, processes: [] };
}
