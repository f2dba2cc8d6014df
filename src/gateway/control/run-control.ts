import type { SharedStore } from '../../calls/stores/store.ts';
import { McpctlError } from '../../core/errors.ts';
import type { HubServer } from '../hub/hub.ts';
import type { MetricsSnapshot } from '../metrics/snapshot.ts';
import { answerForCache } from './answer-for-cache.ts';
import { type Control, openControl } from './open-control.ts';

/** The program of a server, where it is one that is started again when it ends. */
export interface RunProgram {
  readonly state: 'starting' | 'healthy' | 'restarting' | 'failed' | 'stopped';
  /** Why it does not work. */
  readonly reason: McpctlError | undefined;
  readonly restarts: number;
  readonly pids: readonly number[];
  restart(reason: 'asked'): Promise<void>;
}

export interface RunControlOptions {
  readonly server: string;
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  readonly cwd: string;
  readonly startedAt: Date;
  /** Undefined for a server that is reached over HTTP. */
  program(): RunProgram | undefined;
  /** When the server last said something; milliseconds since 1970. */
  answeredAt(): number;
  snapshot(): MetricsSnapshot;
  /** What is kept of calls; undefined before the first. */
  store(): SharedStore | undefined;
  stop(): void;
  redact(text: string): string;
}

/** Lets others find and ask a `run`. */
export async function openRunControl(options: RunControlOptions): Promise<Control> {
  const { server, program, snapshot, stop, store, ...rest } = options;
  return await openControl({
    ...rest,
    kind: 'run',
    servers: [server],
    handlers: {
      servers: () => [stateOf(options)],
      metrics: snapshot,
      stop,
      async cache(action, asked) {
        const opened = store();
        return opened ? await answerForCache(opened)(action, asked) : {};
      },
      async restart(name) {
        if (name !== server) {
          throw new McpctlError('PROCESS_NOT_RUNNING', `This process runs ${server}, not ${name}.`);
        }
        const running = program();
        if (running) return await running.restart('asked');
        throw new McpctlError('USAGE', `${server} is no program of this machine: nothing can be restarted.`);
      },
    },
  });
}

function stateOf({ server: name, program, answeredAt }: RunControlOptions): HubServer {
  const running = program();
  if (!running) return { name, state: 'healthy', pids: [], restarts: 0, answeredAt: answeredAt() };
  const { state, reason, restarts, pids } = running;
  return {
    name,
    state: state === 'restarting' ? 'starting' : state,
    ...(reason && { reason: reason.message }),
    pids,
    restarts,
    answeredAt: answeredAt(),
  };
}
