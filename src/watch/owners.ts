import { asKnown, type McpctlError } from '../core/errors.ts';
import type { Running } from '../gateway/control/find-running.ts';
import type { ControlStatus } from '../gateway/control/protocol.ts';
import type { WatchPorts } from './ports.ts';

/** A process of mcpctl that runs servers. */
export interface Owner {
  readonly id: string;
  readonly running: Running;
  /** What it said last; undefined before it first answered. */
  readonly status: ControlStatus | undefined;
  /** Why it does not answer. */
  readonly silence: McpctlError | undefined;
}

/** The processes of this user that run servers, and what they say. */
export interface Owners {
  /** Oldest first. */
  all(): readonly Owner[];
  /** Looks who is there now, and asks them. */
  look(): Promise<void>;
}

/** They answer from memory. */
const PATIENCE_MS = 1000;

export function createOwners(ports: Pick<WatchPorts, 'processes' | 'ask'>): Owners {
  let owners = new Map<string, Owner>();
  const ask = async (running: Running): Promise<Owner> => {
    const id = `${running.pid} ${running.startedAt}`;
    const before = owners.get(id);
    try {
      const status = await ports.ask(running, { ask: 'status' }, { timeoutMs: PATIENCE_MS });
      return { id, running, status, silence: undefined };
    } catch (error) {
      return { id, running, status: before?.status, silence: asKnown(error) };
    }
  };
  return {
    all: () => [...owners.values()],
    async look() {
      const found = await Promise.all((await ports.processes()).map(ask));
      owners = new Map(found.filter(isThere).map((owner) => [owner.id, owner]));
    },
  };
}

function isThere({ silence }: Owner): boolean {
  return silence?.code !== 'PROCESS_NOT_RUNNING';
}
