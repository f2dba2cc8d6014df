import type { McpctlError } from '../core/errors.ts';
import type { Envelope } from './envelope.ts';
import { CLOCK, type Clock, within } from './supervise/clock.ts';
import { createFlights, type Flights, type Message } from './supervise/flights.ts';
import { judgeFlight } from './supervise/judge-flight.ts';
import { createListens, toolsChanged } from './supervise/listens.ts';
import { createListing, memberOf } from './supervise/listing.ts';
import { createMemory } from './supervise/memory.ts';
import { createOwnRequests, type OwnRequests } from './supervise/own-requests.ts';
import { createQuestions } from './supervise/questions.ts';
import { replay } from './supervise/replay.ts';
import { createRevival, type Revival } from './supervise/revival.ts';
import { hasEnded, idOf, isSilent, WITHDRAWN, withdrawal, withoutTools } from './supervise/words.ts';
import type { Tool } from './tools.ts';
import type { Transport, TransportHandlers } from './transport.ts';

/** `restarting`: the session waits for a new run of the program. `failed`: it ended too often, and is left alone. */
export type SupervisedState = 'starting' | 'healthy' | 'restarting' | 'failed' | 'stopped';

/** `exit`: it ended by itself. */
export type RestartReason = 'exit' | 'hang' | 'asked';

export interface SupervisionOptions {
  readonly server: string;
  /** Makes the way to a new run of the program; nothing is started yet. */
  open(): Promise<Transport>;
  /** Judges the tools a new run lists, before anybody may use them; what it throws counts as a failed start. */
  verify?(tools: readonly Tool[]): void;
  /** Gets remarks for whoever runs us. */
  note(text: string): void;
  /** The program was started again and the session goes on. */
  restarted?(reason: RestartReason): void;
  readonly clock?: Clock;
}

export interface SupervisedTransport extends Transport {
  /**
   * Ends the program and starts it again within the session, whatever its state. Settles when it works again; rejects
   * with why it does not.
   */
  restart(reason: Exclude<RestartReason, 'exit'>): Promise<void>;
  readonly state: SupervisedState;
  /** Why it is `restarting` or `failed`. */
  readonly reason: McpctlError | undefined;
  readonly restarts: number;
  /** The program has a tool call it did not answer yet, and was heard since one was last given up. */
  readonly isWorking: boolean;
  readonly pids: readonly number[];
  /** As it last listed them; undefined when nobody asked to the end. */
  readonly tools: readonly Tool[] | undefined;
}

/** One run of the program. */
interface Run {
  readonly transport: Transport;
  readonly own: OwnRequests;
  /** When it was found to work. */
  readyAt?: number;
}

/** Longest wait for a new run to take the handshake and to list its tools. */
const GREETING_MS = 60_000;

/** A run that did not take the handshake is not waited for. */
const IMPATIENT = { eofMs: 100, termMs: 500 };

/**
 * A server's program that is started again when it ends, within the same session: the client's handshake, its
 * subscriptions and its log level are played to the new run, its tools are listed and judged, requests in flight
 * that only read are sent again. Others are lost with OUTCOME_UNKNOWN. What arrives meanwhile waits. A program that
 * never answered its client is not started again; one that ends again and again is left alone (SERVER_CRASH_LOOP).
 * What `send` returns for a request settles with its answer.
 */
export function createSupervisedTransport(options: SupervisionOptions): SupervisedTransport {
  return new Supervised(options);
}

class Supervised implements SupervisedTransport {
  readonly #options: SupervisionOptions;
  readonly #clock: Clock;
  readonly #revival: Revival;
  readonly #flights: Flights;
  readonly #memory = createMemory();
  readonly #listing = createListing();
  readonly #questions = createQuestions();
  readonly #listens = createListens();
  #handlers: TransportHandlers = { message() {}, closed() {} };
  #run: Run | undefined;
  /** Messages go to the program; otherwise they wait. */
  #isOpen = false;
  #isClosing = false;
  #isPaused = false;
  /** Why the program ends that is being ended. */
  #asked: RestartReason | undefined;
  state: SupervisedState = 'starting';
  restarts = 0;

  constructor(options: SupervisionOptions) {
    const { server, clock = CLOCK, note } = options;
    this.#options = options;
    this.#clock = clock;
    this.#flights = createFlights(server);
    this.#revival = createRevival({
      server,
      clock,
      note,
      bring: () => this.#bring(),
      gaveUp: (reason) => {
        this.state = 'failed';
        this.#asked = undefined;
        this.#flights.loseAll(reason);
      },
    });
  }

  get reason(): McpctlError | undefined {
    return this.#revival.reason;
  }

  get pids(): readonly number[] {
    return this.#run?.transport.pids ?? [];
  }

  get tools(): readonly Tool[] | undefined {
    return this.#listing.tools();
  }

  get isWorking(): boolean {
    return this.#flights.hasCall;
  }

  async start(handlers: TransportHandlers): Promise<void> {
    this.#handlers = handlers;
    const run = await this.#launch();
    run.readyAt = this.#clock.now();
    this.#isOpen = true;
  }

  send(bytes: Buffer, envelope: Envelope | undefined): Promise<void> | undefined {
    if (envelope?.kind === 'response') {
      const answer = this.#questions.answered(bytes, envelope);
      if (answer) void this.#run?.transport.send(answer, envelope);
      return undefined;
    }
    if (envelope?.method === 'notifications/cancelled') {
      const id = JSON.stringify(memberOf(bytes, 'params')?.requestId);
      if (this.#flights.forget(id) && this.#isOpen) this.#pass({ bytes, envelope });
      return undefined;
    }
    const isRequest = envelope?.kind === 'request' || envelope?.kind === 'batch';
    const begun = isRequest ? this.#flights.begin(bytes, envelope) : undefined;
    const message = { bytes, envelope, ...(begun && { flight: begun.flight }) };
    if (this.#isOpen) this.#pass(message);
    else this.#hold(message);
    return begun?.done;
  }

  pause(): void {
    this.#isPaused = true;
    // Answers to questions of our own are not to wait for the client.
    if (this.#isOpen) this.#run?.transport.pause?.();
  }

  resume(): void {
    this.#isPaused = false;
    this.#run?.transport.resume?.();
  }

  async restart(reason: Exclude<RestartReason, 'exit'>): Promise<void> {
    if (this.#isClosing || this.state === 'stopped') throw hasEnded(this.#options.server);
    this.#asked = reason;
    if (this.#run?.readyAt !== undefined) {
      this.#isOpen = false;
      // A program that hangs does not see the end of its input.
      await this.#run.transport.close(reason === 'hang' ? IMPATIENT : undefined);
    } else this.#revival.now();
    await this.#revival.underWay;
    if (this.state !== 'healthy') throw this.reason ?? hasEnded(this.#options.server);
  }

  async close(patience?: { readonly eofMs?: number; readonly termMs?: number }): Promise<void> {
    const { underWay } = this.#revival;
    // Requests that wait for a restart are worth the time a program gets to answer them.
    if (underWay && this.#flights.size > 0) await within(this.#clock, underWay, patience?.eofMs ?? 0);
    this.#isClosing = true;
    this.#isOpen = false;
    this.#revival.stop();
    await this.#run?.transport.close(patience);
    this.#over(undefined);
  }

  async #launch(): Promise<Run> {
    const { server, open } = this.#options;
    const transport = await open();
    if (this.#isClosing) throw hasEnded(server);
    const own = createOwnRequests({ server, send: (...message) => void transport.send(...message) });
    const run: Run = { transport, own };
    this.#run = run;
    try {
      await transport.start({
        message: (bytes, envelope) => this.#receive(run, bytes, envelope),
        ending: () => {
          if (this.#run === run) this.#isOpen = false;
        },
        closed: (reason) => this.#closed(run, reason),
        congested: (isCongested) => {
          if (this.#run === run) this.#handlers.congested?.(isCongested);
        },
      });
    } catch (error) {
      this.#run = undefined;
      throw error;
    }
    // Closed while it started: nobody else would end it.
    if (this.#isClosing) {
      await transport.close(IMPATIENT);
      throw hasEnded(server);
    }
    return run;
  }

  #pass({ bytes, envelope, flight }: Message): void {
    this.#memory.passed(bytes, envelope);
    if (flight) flight.sends += 1;
    void this.#run?.transport.send(bytes, envelope);
  }

  #hold(message: Message): void {
    try {
      if (this.state === 'failed') this.#revival.afterRest();
      this.#flights.hold(message);
    } catch (error) {
      // A notification that cannot wait is lost, as it would be with the program.
      message.flight?.lose(error as McpctlError);
    }
  }

  #receive(run: Run, bytes: Buffer, envelope: Envelope): void {
    if (run !== this.#run) return;
    this.#flights.heard();
    if (run.own.takes(bytes, envelope)) return;
    const { kind, id = '', method, items = [] } = envelope;
    const { message } = this.#handlers;
    if (kind === 'request') {
      const line = this.#questions.asked(bytes, id);
      message(line, line === bytes ? envelope : { ...envelope, id: JSON.stringify(idOf(line)) });
      return;
    }
    if (kind === 'response') this.#landed(id, bytes);
    for (const item of items) if (item.kind === 'response') this.#landed(item.id ?? '', undefined);
    if (method === 'notifications/subscriptions/acknowledged' && this.#listens.isKnown(bytes)) return;
    message(method === 'notifications/cancelled' ? this.#questions.withdrawn(bytes) : bytes, envelope);
  }

  #landed(id: string, answer: Buffer | undefined): void {
    const flight = this.#flights.land(id);
    if (!flight || !answer) return;
    const { method } = flight.envelope;
    if (method === 'tools/list') this.#listing.page(flight.bytes, answer);
    else if (method === 'subscriptions/listen') this.#listens.ended(id);
    this.#memory.answered(flight, answer);
    if (this.state === 'starting' && this.#memory.hasBegun) this.state = 'healthy';
  }

  #closed(run: Run, reason: McpctlError | undefined): void {
    const why = reason ?? hasEnded(this.#options.server);
    run.own.lost(why);
    if (run !== this.#run) return;
    this.#run = undefined;
    this.#isOpen = false;
    if (this.#isClosing || (!this.#memory.hasBegun && !this.#asked)) {
      this.#over(this.#isClosing ? undefined : why);
      return;
    }
    this.#handlers.congested?.(false);
    for (const id of this.#questions.ended()) this.#handlers.message(withdrawal(id), WITHDRAWN);
    // Whoever started this run finds out by the questions it asked.
    if (run.readyAt === undefined) return;
    this.state = 'restarting';
    const { server } = this.#options;
    for (const flight of this.#flights.sent()) {
      const lost = judgeFlight(flight, { server, reason: why, tools: this.#listing.tools() });
      if (lost) flight.lose(lost);
    }
    if (this.#asked) this.#revival.now();
    else this.#revival.afterEnd(why, this.#clock.now() - run.readyAt);
  }

  /** Starts a new run and brings it to where the last one was. */
  async #bring(): Promise<void> {
    const { server, verify, note, restarted } = this.#options;
    this.state = 'restarting';
    const run = await this.#launch();
    const before = this.#listing.tools();
    const tell = (bytes: Buffer): void => void run.transport.send(bytes, undefined);
    try {
      const replayed = replay({ server, own: run.own, memory: this.#memory, tell });
      const tools = await within(this.#clock, replayed, GREETING_MS, () => isSilent(server));
      if (this.#run !== run) throw hasEnded(this.#options.server);
      if (tools) {
        verify?.(tools);
        if (tools.length === 0 && before && before.length > 0) throw withoutTools(server);
        this.#listing.set(tools);
      }
      await this.#tellOfChanges(before, tools);
    } catch (error) {
      await run.transport.close(IMPATIENT);
      throw error;
    }
    run.readyAt = this.#clock.now();
    this.state = 'healthy';
    this.restarts += 1;
    const why = this.#asked ?? 'exit';
    this.#asked = undefined;
    note(`${server} was started again${why === 'exit' ? ' after it ended' : ''}; the session goes on.`);
    restarted?.(why);
    this.#reopen(run);
  }

  #reopen(run: Run): void {
    this.#isOpen = true;
    for (const flight of this.#flights.sent()) {
      const { bytes, envelope } = flight;
      this.#pass({ bytes, envelope, flight });
    }
    for (const message of this.#flights.release()) this.#pass(message);
    if (this.#isPaused) run.transport.pause?.();
  }

  async #tellOfChanges(
    before: readonly Tool[] | undefined,
    tools: readonly Tool[] | undefined,
  ): Promise<void> {
    if (!before || !tools) return;
    const { hashTools } = await import('./tools.ts');
    if (hashTools(before).hash === hashTools(tools).hash) return;
    for (const line of toolsChanged(this.#flights.sent(), this.#memory.agreed === undefined)) {
      this.#handlers.message(line, { kind: 'notification', method: 'notifications/tools/list_changed' });
    }
  }

  #over(reason: McpctlError | undefined): void {
    if (this.state === 'stopped') return;
    this.state = 'stopped';
    // Who closes a session waits for nothing in it.
    if (reason) this.#flights.loseAll(reason);
    this.#handlers.closed(reason);
  }
}
