import { McpctlError } from '../../core/errors.ts';
import { Stop, type StopSignal } from '../../core/stop.ts';

/** Lets those who want the same at the same time share one piece of work. */
export interface Flights<T> {
  /**
   * What the work under `key` brings; `start` does it unless it is under way. Who leaves leaves the others waiting;
   * the work's own signal aborts when the last one left. @throws CANCELLED when the signal aborts
   */
  join(
    key: string,
    signal: StopSignal,
    start: (signal: StopSignal) => Promise<T>,
  ): Promise<{ readonly value: T; readonly isFirst: boolean }>;
}

interface Flight<T> {
  readonly work: Promise<T>;
  readonly stop: Stop;
  waiting: number;
}

export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Flight<T>>();

  const begin = (key: string, start: (signal: StopSignal) => Promise<T>): Flight<T> => {
    const stop = new Stop();
    const work = start(stop);
    const flight: Flight<T> = { work, stop, waiting: 0 };
    const land = (): void => {
      if (flights.get(key) === flight) flights.delete(key);
    };
    work.then(land, land);
    flights.set(key, flight);
    return flight;
  };
  const leave = (key: string, flight: Flight<T>): void => {
    flight.waiting -= 1;
    if (flight.waiting > 0) return;
    // Whoever comes next gets work of its own, not one that is being stopped.
    if (flights.get(key) === flight) flights.delete(key);
    flight.stop.abort(new McpctlError('CANCELLED', 'Nobody waits for the call any more.'));
  };

  return {
    async join(key, signal, start) {
      if (signal.aborted) throw cancelled(signal);
      const known = flights.get(key);
      const flight = known ?? begin(key, start);
      flight.waiting += 1;
      let left: (() => void) | undefined;
      const gone = new Promise<never>((_, reject) => {
        left = () => {
          leave(key, flight);
          reject(cancelled(signal));
        };
        signal.addEventListener('abort', left, { once: true });
      });
      try {
        return { value: await Promise.race([flight.work, gone]), isFirst: !known };
      } finally {
        if (left) signal.removeEventListener('abort', left);
      }
    },
  };
}

function cancelled({ reason }: StopSignal): McpctlError {
  return reason instanceof McpctlError
    ? reason
    : new McpctlError('CANCELLED', 'The call was cancelled.', { cause: reason });
}
