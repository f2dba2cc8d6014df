import { memoryOf } from '../../platform/memory-of.ts';
import { askControl } from '../control/ask-control.ts';
import { findRunning, type Running } from '../control/find-running.ts';
import type { Seen } from './collector.ts';
import type { Observed, ObservedByMetrics } from './families.ts';

export interface LookOptions {
  /** Folder of sockets and registrations. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  /** Which others are asked besides this process itself. */
  readonly kinds: readonly Running['kind'][];
  /** What this process says; nothing where it only looks at others. */
  own?(): Observed;
  /** What this process says of servers counts, and nothing that the others say of them. */
  readonly judges?: boolean;
}

const PATIENCE_MS = 1000;

/** This process and those of its user that are asked for. */
export function lookAround({
  folder,
  platform,
  kinds,
  own,
  judges = false,
}: LookOptions): () => Promise<Seen[]> {
  return async () => {
    const running = await findRunning(folder, platform);
    const others = running.filter(({ kind, pid }) => kinds.includes(kind) && pid !== process.pid);
    const looked = await Promise.all(others.map(look));
    const seen = judges ? looked.map(withoutServers) : looked;
    const all = own ? [{ id: 'own', observed: own() }, ...seen] : seen;
    return await withMemory(all, platform);
  };
}

async function look(running: Running): Promise<Seen> {
  const { pid, startedAt } = running;
  return { id: `${pid} ${startedAt}`, observed: await ask(running) };
}

/** Undefined when it does not answer, for whatever reason: the others' numbers are wanted all the same. */
async function ask(running: Running): Promise<Observed | undefined> {
  const { kind, version, startedAt } = running;
  const options = { timeoutMs: PATIENCE_MS };
  try {
    const [snapshot, { servers, rssBytes }] = await Promise.all([
      askControl(running, { ask: 'metrics' }, options),
      askControl(running, { ask: 'status' }, options),
    ]);
    return { kind, version, startedAt, rssBytes, snapshot, servers };
  } catch {
    return undefined;
  }
}

function withoutServers({ id, observed }: Seen): Seen {
  return { id, observed: observed && { ...observed, servers: [] } };
}

async function withMemory(all: readonly Seen[], platform: NodeJS.Platform): Promise<Seen[]> {
  const pids = all.flatMap(({ observed }) => observed?.servers ?? []).flatMap((server) => server.pids);
  const held = pids.length > 0 ? await memoryOf(pids, platform) : new Map<number, number>();
  const measured = (server: ObservedByMetrics): ObservedByMetrics => {
    const known = server.pids.flatMap((pid) => held.get(pid) ?? []);
    return known.length === 0 ? server : { ...server, rssBytes: known.reduce((sum, bytes) => sum + bytes) };
  };
  return all.map(({ id, observed }) => ({
    id,
    observed: observed && { ...observed, servers: observed.servers.map(measured) },
  }));
}
