import { askControl } from '../control/ask-control.ts';
import { findRunning, type Running } from '../control/find-running.ts';
import type { HubServer } from '../hub/hub.ts';
import type { Seen } from './collector.ts';
import type { Observed } from './families.ts';
import type { MetricsSnapshot } from './snapshot.ts';

export interface LookOptions {
  /** Folder of sockets and registrations. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  /** This gateway's own. */
  servers(): readonly HubServer[];
  snapshot(): MetricsSnapshot;
}

const PATIENCE_MS = 1000;

/** This gateway and every `run` of its user; other gateways are asked by whoever watches them. */
export function lookAround({ folder, platform, servers, snapshot }: LookOptions): () => Promise<Seen[]> {
  return async () => {
    const own: Seen = { id: 'own', observed: { kind: 'gateway', servers: servers(), snapshot: snapshot() } };
    const running = await findRunning(folder, platform);
    const others = running.filter(({ kind }) => kind === 'run');
    return [own, ...(await Promise.all(others.map(look)))];
  };
}

async function look(running: Running): Promise<Seen> {
  const { pid, startedAt, kind } = running;
  return { id: `${pid} ${startedAt}`, observed: await ask(running, kind) };
}

/** Undefined when it does not answer, for whatever reason: the others' numbers are wanted all the same. */
async function ask(running: Running, kind: Observed['kind']): Promise<Observed | undefined> {
  const options = { timeoutMs: PATIENCE_MS };
  try {
    const [snapshot, { servers }] = await Promise.all([
      askControl(running, { ask: 'metrics' }, options),
      askControl(running, { ask: 'status' }, options),
    ]);
    return { kind, snapshot, servers };
  } catch {
    return undefined;
  }
}
