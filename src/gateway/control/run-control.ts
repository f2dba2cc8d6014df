import type { SharedStore } from '../../calls/stores/store.ts';
import { McpctlError } from '../../core/errors.ts';
import type { CountingMeter } from '../metrics/create-meter.ts';
import { answerForCache } from './answer-for-cache.ts';
import { type Control, openControl } from './open-control.ts';
import { measured, type ProbeAnswer, whileWorking } from './probe.ts';
import { type RunStateOptions, runState } from './run-state.ts';

export interface RunControlOptions extends RunStateOptions {
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  readonly cwd: string;
  readonly startedAt: Date;
  readonly meter: Pick<CountingMeter, 'snapshot' | 'recent' | 'probed'>;
  /** What is kept of calls; undefined before the first. */
  store(): SharedStore | undefined;
  stop(): void;
  redact(text: string): string;
}

/** Lets others find and ask a `run`. */
export async function openRunControl(options: RunControlOptions): Promise<Control> {
  const { server, program, link, meter, stop, store, ...rest } = options;
  const mine = (name: string): void => {
    if (name === server) return;
    throw new McpctlError('PROCESS_NOT_RUNNING', `This process runs ${server}, not ${name}.`);
  };
  const state = runState(options);
  return await openControl({
    ...rest,
    kind: 'run',
    servers: [server],
    handlers: {
      servers: () => [state()],
      metrics: meter.snapshot,
      recent: meter.recent,
      stop,
      async cache(action, asked) {
        const opened = store();
        return opened ? await answerForCache(opened)(action, asked) : {};
      },
      async probe(name, request) {
        mine(name);
        const running = program();
        const none: ProbeAnswer = { by: 'none', at: Date.now(), ms: 0 };
        // A program that is not there is known to be; the state says so.
        if (running && running.state !== 'healthy') return none;
        return await measured(server, meter, async () => {
          try {
            return (await link()?.probe(request)) ?? none;
          } catch (error) {
            throw program()?.isWorking ? whileWorking(server, error) : error;
          }
        });
      },
      async restart(name, reason) {
        mine(name);
        const running = program();
        if (running) return await running.restart(reason);
        throw new McpctlError('USAGE', `${server} is no program of this machine: nothing can be restarted.`);
      },
    },
  });
}
