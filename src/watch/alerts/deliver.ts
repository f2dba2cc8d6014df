import type { Clock } from '../../calls/clock.ts';
import { McpctlError } from '../../core/errors.ts';
import type { Settings } from '../../settings/settings.ts';
import type { AlertBook } from './book.ts';
import type { BookFile } from './book-file.ts';
import { configured } from './channels/all.ts';
import { type Delivery, nextStep, settled } from './outbox.ts';
import { type SendPorts, send } from './send.ts';

export interface DeliveryPorts {
  readonly book: BookFile;
  /** Milliseconds since 1970. */
  readonly clock: Clock;
  /** Those in force; they may change meanwhile. */
  settings(): Promise<Pick<Settings, 'alerts' | 'watch'>>;
  readonly send: SendPorts;
  /** Gets what people should know: a channel that fails. */
  warn(line: string): void;
}

/** Sends what waits in the book, each channel in its order. One process at a time does. */
export interface Deliverer {
  /** Begins, unless it is at it. */
  wake(): void;
  /** Settles when nothing is left that may be sent within so many milliseconds. */
  flush(patienceMs: number): Promise<void>;
  /** A request under way may end; what waits is for the next watcher. */
  close(): Promise<void>;
}

/** While another process sends, we look again after this long. */
const TURN_MS = 5000;
const LOCK_MS = 500;
const LAST_CHANCE_MS = 3000;

export function createDeliverer(ports: DeliveryPorts): Deliverer {
  const { book, clock } = ports;
  const end = new AbortController();
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isClosed = false;
  let nextAt = Number.POSITIVE_INFINITY;
  let cancelTimer = (): void => {};

  const drain = async (name: string): Promise<number> => {
    for (;;) {
      const { alerts } = await ports.settings();
      const found = alerts.channels[name];
      const now = clock.now();
      const current = await book.read();
      if (!found) {
        await book.change((before) => without(before, name));
        return Number.POSITIVE_INFINITY;
      }
      const channel = configured(found);
      const step = nextStep(current, name, channel.habits, now);
      if (isClosed || 'isDone' in step) return Number.POSITIVE_INFINITY;
      if ('waitUntil' in step) return step.waitUntil;
      const delivery = await send(channel, step.send, ports.send, end.signal);
      // Cut off by our own end: nobody knows, so it stays for the next.
      if (end.signal.aborted) return Number.POSITIVE_INFINITY;
      tellFault(ports, { name, title: channel.title, before: current, delivery });
      const at = { habits: channel.habits, now: clock.now() };
      await book.change((before) => settled(before, step.send, delivery, at));
    }
  };

  const round = async (): Promise<number> => {
    const { outbox } = await book.read();
    const names = [...new Set(outbox.map(({ channel }) => channel))];
    if (names.length === 0) return Number.POSITIVE_INFINITY;
    try {
      return await book.whileSending(LOCK_MS, async () => Math.min(...(await Promise.all(names.map(drain)))));
    } catch (error) {
      if (error instanceof McpctlError && error.code === 'LOCK_TIMEOUT') return clock.now() + TURN_MS;
      throw error;
    }
  };

  const work = async (): Promise<void> => {
    do {
      isWanted = false;
      nextAt = await round();
    } while (isWanted && !isClosed);
    if (isClosed || nextAt === Number.POSITIVE_INFINITY) return;
    cancelTimer = clock.after(Math.max(1, nextAt - clock.now()), wake);
  };

  const start = (): Promise<void> => {
    cancelTimer();
    running ??= work()
      .catch((error: unknown) => {
        ports.warn(`Alerts could not be sent: ${error instanceof Error ? error.message : String(error)}`);
        cancelTimer = clock.after(TURN_MS, wake);
      })
      .finally(() => {
        running = undefined;
        if (isWanted) wake();
      });
    return running;
  };

  const wake = (): void => {
    isWanted = true;
    if (!isClosed) void start();
  };

  return {
    wake,
    async flush(patienceMs) {
      const until = clock.now() + patienceMs;
      while (!isClosed) {
        isWanted = true;
        await start();
        const wait = nextAt - clock.now();
        if (nextAt > until) return;
        await new Promise<void>((resolve) => clock.after(Math.max(1, wait), resolve));
      }
    },
    async close() {
      isClosed = true;
      cancelTimer();
      const cut = clock.after(LAST_CHANCE_MS, () => end.abort());
      await running;
      cut();
      cancelTimer();
    },
  };
}

/** Channels that are in the settings no more get nothing. */
function without(book: AlertBook, name: string): AlertBook {
  const { [name]: _, ...channels } = book.channels;
  return { ...book, channels, outbox: book.outbox.filter(({ channel }) => channel !== name) };
}

interface Told {
  readonly name: string;
  readonly title: string;
  readonly before: AlertBook;
  readonly delivery: Delivery;
}

/** Once when a channel begins to fail, and each time something is given up. */
function tellFault({ warn }: DeliveryPorts, { name, title, before, delivery }: Told): void {
  const { outcome, answer } = delivery;
  if (outcome === 'refused') warn(`An alert was not taken by ${name} (${title}): ${answer}`);
  if (outcome === 'later' && !before.channels[name]?.fault) {
    warn(`${name} (${title}) could not be told of an alert and is tried again: ${answer}`);
  }
}
