import { McpctlError } from '../../core/errors.ts';
import { ShortLivedMap } from '../../core/short-lived-map.ts';
import type { Envelope } from '../envelope.ts';

/** A request of the client that has no answer yet. */
export interface Flight {
  readonly bytes: Buffer;
  readonly envelope: Envelope;
  /** How often it was sent. */
  sends: number;
  /** It is answered, or nobody waits for it. */
  land(): void;
  /** It will not be answered. */
  lose(reason: McpctlError): void;
}

export interface Message {
  readonly bytes: Buffer;
  readonly envelope: Envelope | undefined;
  readonly flight?: Flight;
}

/** The requests in flight, and what waits for a server that is not there, in order. */
export interface Flights {
  /** A request sets out; what it returns settles with its answer. */
  begin(bytes: Buffer, envelope: Envelope): { readonly flight: Flight; readonly done: Promise<void> };
  /** The request an answer belongs to, now landed. */
  land(id: string): Flight | undefined;
  /** Requests that were sent at least once, oldest first. */
  sent(): readonly Flight[];
  /** Nobody waits for a request any more. True when the server has it and should know. */
  forget(id: string): boolean;
  /** Keeps a message until the server is there. @throws SERVER_BUSY when too much waits already. */
  hold(message: Message): void;
  /** Everything that waits, which no longer does. */
  release(): readonly Message[];
  /** Every request fails, and nothing waits any more. */
  loseAll(reason: McpctlError): void;
  readonly size: number;
  /** The program said something. */
  heard(): void;
  /** A tool call was sent and not answered yet, and none was forgotten since the program was last heard. */
  readonly hasCall: boolean;
}

const MOST_WAITING = 1000;
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

export function createFlights(server: string): Flights {
  const open = new ShortLivedMap<Flight>();
  let waiting: Message[] = [];
  let waitingBytes = 0;
  /** A call was given up in silence: those behind it are no reason to wait any longer. */
  let isForsaken = false;

  return {
    get size() {
      return open.size;
    },
    heard() {
      isForsaken = false;
    },
    get hasCall() {
      return !isForsaken && open.values().some(isCall);
    },
    begin(bytes, envelope) {
      const flight = new OpenFlight({ bytes, envelope, ids: idsOf(envelope), open });
      return { flight, done: flight.done };
    },
    land(id) {
      const flight = open.get(id);
      if (!flight) return undefined;
      open.delete(id);
      // A batch is over with its last answer.
      if (flight.envelope.kind !== 'batch' || !idsOf(flight.envelope).some((each) => open.has(each)))
        flight.land();
      return flight;
    },
    sent: () => [...new Set(open.values())].filter(({ sends }) => sends > 0),
    forget(id) {
      const flight = open.get(id);
      const isWaiting = flight !== undefined && waiting.some((message) => message.flight === flight);
      if (isWaiting) {
        waiting = waiting.filter((message) => message.flight !== flight);
        waitingBytes -= flight.bytes.length;
      }
      isForsaken ||= flight !== undefined && isCall(flight);
      flight?.land();
      return !isWaiting;
    },
    hold(message) {
      const { bytes } = message;
      if (waiting.length >= MOST_WAITING || waitingBytes + bytes.length > MOST_WAITING_BYTES) {
        throw new McpctlError('SERVER_BUSY', `Too much waits for ${server}, which is being started again.`, {
          hint: `Try again in a moment; mcpctl doctor ${server} tells what is wrong.`,
          data: { server, sent: false },
        });
      }
      waiting.push(message);
      waitingBytes += bytes.length;
    },
    release() {
      const all = waiting;
      waiting = [];
      waitingBytes = 0;
      return all;
    },
    loseAll(reason) {
      waiting = [];
      waitingBytes = 0;
      for (const flight of new Set(open.values())) flight.lose(reason);
    },
  };
}

function idsOf({ kind, id, items = [] }: Envelope): string[] {
  return kind === 'batch' ? items.flatMap(idsOf) : kind === 'request' && id !== undefined ? [id] : [];
}

interface OpenFlightOptions extends Pick<Flight, 'bytes' | 'envelope'> {
  readonly ids: readonly string[];
  readonly open: ShortLivedMap<Flight>;
}

class OpenFlight implements Flight {
  readonly bytes: Buffer;
  readonly envelope: Envelope;
  readonly done: Promise<void>;
  readonly #ids: readonly string[];
  readonly #open: ShortLivedMap<Flight>;
  #resolve: () => void = nothing;
  #reject: (reason: McpctlError) => void = nothing;
  sends = 0;

  constructor({ bytes, envelope, ids, open }: OpenFlightOptions) {
    this.bytes = bytes;
    this.envelope = envelope;
    this.#ids = ids;
    this.#open = open;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    for (const id of ids) open.set(id, this);
  }

  land(): void {
    this.#close();
    this.#resolve();
  }

  lose(reason: McpctlError): void {
    this.#close();
    this.#reject(reason);
  }

  #close(): void {
    for (const id of this.#ids) if (this.#open.get(id) === this) this.#open.delete(id);
  }
}

function nothing(): void {}

function isCall({ envelope, sends }: Flight): boolean {
  return sends > 0 && callsTool(envelope);
}

function callsTool({ method, items = [] }: Envelope): boolean {
  return method === 'tools/call' || items.some(callsTool);
}
