import { asKnown, type McpctlError } from '../core/errors.ts';
import { statesIn } from '../gateway/control/changes.ts';
import type { Running } from '../gateway/control/find-running.ts';
import type { ControlStatus } from '../gateway/control/protocol.ts';
import type { WatchPorts } from './ports.ts';

/** A process of mcpctl that runs servers. */
export interface Owner {
  readonly id: string;
  readonly running: Running;
  /** What it said last; undefined before it first answered. */
  readonly status: ControlStatus | undefined;
  /** Of that, what does not change with every call; empty before it first answered. */
  readonly states: string;
  /** Why it does not answer. */
  readonly silence: McpctlError | undefined;
}

/** The processes of this user that run servers, and what they say. */
export interface Owners {
  /** Oldest first. */
  all(): readonly Owner[];
  /** Looks who is there now; settles when each of them has answered once. */
  look(): Promise<void>;
  close(): void;
}

export interface OwnersOptions {
  readonly ports: Pick<WatchPorts, 'processes' | 'ask' | 'follow' | 'clock'>;
  /** Something is other than before with a process, and not its numbers alone, or it is gone. */
  changed(): void;
}

/** They answer from memory. */
const PATIENCE_MS = 2000;
/** One that hung up is not believed to be back before. */
const REST_MS = 10_000;

interface Followed extends Owner {
  running: Running;
  status: ControlStatus | undefined;
  states: string;
  silence: McpctlError | undefined;
  /** It is of a version that tells nothing by itself. */
  isAsked: boolean;
  stop(): void;
}

export function createOwners({ ports, changed }: OwnersOptions): Owners {
  const owners = new Map<string, Followed>();
  const gone = new Map<string, number>();

  const drop = (id: string): void => {
    owners.get(id)?.stop();
    owners.delete(id);
  };
  const ask = async (owner: Followed): Promise<void> => {
    try {
      const request = { ask: 'status' } as const;
      owner.status = await ports.ask(owner.running, request, { timeoutMs: PATIENCE_MS });
      owner.states = statesIn(owner.status);
      owner.silence = undefined;
    } catch (error) {
      owner.silence = asKnown(error);
      if (owner.silence.code === 'PROCESS_NOT_RUNNING') drop(owner.id);
    }
  };
  const follow = async (id: string, running: Running): Promise<void> =>
    await new Promise((resolve) => {
      // One that hangs must not keep the others from being shown.
      const giveUp = ports.clock.after(PATIENCE_MS, resolve);
      const settle = (): void => {
        giveUp();
        resolve();
      };
      const owner: Followed = {
        id,
        running,
        status: undefined,
        states: '',
        silence: undefined,
        isAsked: false,
        stop: ports.follow(running, {
          told(status) {
            const before = owner.states;
            owner.status = status;
            owner.states = statesIn(status);
            settle();
            if (owner.states !== before) changed();
          },
          ended(reason) {
            if (reason.code === 'PROCESS_NOT_RUNNING') {
              gone.set(id, ports.clock.now());
              drop(id);
              settle();
              changed();
              return;
            }
            owner.isAsked = true;
            void ask(owner).then(settle);
          },
        }),
      };
      owners.set(id, owner);
    });
  const meet = async (id: string, running: Running): Promise<void> => {
    const owner = owners.get(id);
    if (!owner) {
      if (!gone.has(id)) await follow(id, running);
      return;
    }
    owner.running = running;
    if (owner.isAsked) await ask(owner);
  };
  return {
    all: () => [...owners.values()],
    async look() {
      const processes = await ports.processes();
      const found = new Map(processes.map((running) => [`${running.pid} ${running.startedAt}`, running]));
      for (const id of [...owners.keys()]) if (!found.has(id)) drop(id);
      for (const [id, since] of gone) if (ports.clock.now() - since > REST_MS) gone.delete(id);
      await Promise.all([...found].map(async ([id, running]) => await meet(id, running)));
    },
    close() {
      for (const id of [...owners.keys()]) drop(id);
    },
  };
}
