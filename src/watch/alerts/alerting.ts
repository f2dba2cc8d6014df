import { messageOf } from '../../core/errors.ts';
import type { Observation } from '../observation.ts';
import { createDeliverer, type DeliveryPorts } from './deliver.ts';
import { evaluate } from './evaluate.ts';
import { createHistory } from './history.ts';
import { judgeAll } from './judge.ts';
import { type DueSecret, ruleLimits } from './rule.ts';

export interface AlertingPorts extends DeliveryPorts {
  /** Keys and sign-ins that end at a known time. */
  due(): Promise<readonly DueSecret[]>;
}

/** Raises alerts by what is observed, and tells whom the settings name. Nothing that goes wrong here stops a watcher. */
export interface Alerting {
  /** Never throws, and does not wait: of observations that come meanwhile the last counts. */
  observe(observation: Observation): void;
  /** How many alerts fired when it was last judged. */
  readonly firing: number;
  /** Settles when the last observation was judged, and what may be sent within so many milliseconds was sent. */
  flush(patienceMs: number): Promise<void>;
  close(): Promise<void>;
}

export function createAlerting(ports: AlertingPorts): Alerting {
  const { book, clock } = ports;
  const history = createHistory();
  const deliverer = createDeliverer(ports);
  let waiting: Observation | undefined;
  let judging: Promise<void> | undefined;
  let isFirst = true;
  let firing = 0;
  let lastFault = '';

  const judge = async (now: Observation): Promise<void> => {
    const settings = await ports.settings();
    const { alerts } = settings;
    if (!alerts.enabled) return;
    const view = { now, history, limits: ruleLimits(settings), due: await ports.due() };
    const judged = judgeAll(view, alerts);
    const found = await book.read();
    // Most looks change nothing, and then no lock is taken.
    const next = evaluate(found, judged, alerts, clock.now());
    const isChanged = next !== found;
    firing = Object.values(next.alerts).filter(({ state }) => state === 'firing').length;
    if (isChanged) await book.change((before) => evaluate(before, judged, alerts, clock.now()));
    // What another watcher left is sent too.
    if (isChanged || isFirst) deliverer.wake();
    isFirst = false;
    lastFault = '';
  };

  const judgeWaiting = async (): Promise<void> => {
    while (waiting) {
      const now = waiting;
      waiting = undefined;
      await judge(now).catch((error: unknown) => {
        const fault = messageOf(error);
        if (fault !== lastFault) ports.warn(`Alerts could not be judged: ${fault}`);
        lastFault = fault;
      });
    }
  };

  const start = (): void => {
    judging ??= judgeWaiting().finally(() => {
      judging = undefined;
      if (waiting) start();
    });
  };

  return {
    get firing() {
      return firing;
    },
    observe(observation) {
      history.add(observation);
      waiting = observation;
      start();
    },
    async flush(patienceMs) {
      await judging;
      await deliverer.flush(patienceMs);
    },
    async close() {
      await judging;
      await deliverer.close();
    },
  };
}
