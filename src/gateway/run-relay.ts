import type { Readable, Writable } from 'node:stream';
import { McpctlError, messageOf } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { redactError } from '../core/redact-error.ts';
import { type Envelope, readEnvelope } from '../mcp/envelope.ts';
import { createLineSplitter } from '../mcp/line-splitter.ts';
import type { Transport } from '../mcp/transport.ts';
import type { CallTap } from './call-tap.ts';
import { createOrderedGate } from './ordered-gate.ts';
import { refusalLine } from './refusal-line.ts';
import { writeLine } from './write-line.ts';

export interface RelayOptions {
  readonly client: { readonly input: Readable; readonly output: Writable };
  /** Opens the way to the server; what it throws is told to the client too. */
  open(): Promise<Transport>;
  /** Takes secrets out of reasons before anybody reads them. */
  redact(text: string): string;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** Sees to it that calls are recorded. */
  readonly tap: CallTap;
  /** The server said something. */
  heard(): void;
}

/** How long the end of a session may take, in milliseconds. */
const PATIENCE = {
  /** The client is gone: time for the server to end by itself. */
  eof: { eofMs: 1500, termMs: 1000 },
  /** The client is gone but has requests in flight, as in `mcpctl run x < requests.jsonl`. */
  inFlight: { eofMs: 10_000, termMs: 1000 },
  /** We are told to stop. */
  signal: { eofMs: 300, termMs: 1000 },
  /** After a failure: time for a client to send the request that the failure answers. */
  failureMs: 3000,
} as const;

/**
 * Passes messages between a client and a server until one of them ends, untouched in both directions. When the
 * server fails, every open request, or else the first to come, is answered with the reason as a JSON-RPC error.
 * Returns that reason, or undefined when the client ended the session.
 */
export async function runRelay({
  client,
  open,
  redact,
  signal,
  tap,
  heard,
}: RelayOptions): Promise<McpctlError | undefined> {
  const relay = createRelay({ client, redact, tap, heard });
  const told = new Promise<'signal'>((resolve) => {
    if (signal.aborted) resolve('signal');
    signal.addEventListener('abort', () => resolve('signal'), { once: true });
  });
  let transport: Transport | undefined;
  try {
    transport = await open();
    const ended = await relay.connect(transport, told);
    if (ended instanceof McpctlError) throw ended;
    const patience = ended === 'signal' ? PATIENCE.signal : relay.isBusy() ? PATIENCE.inFlight : PATIENCE.eof;
    await transport.close(patience);
    return undefined;
  } catch (error) {
    const reason = asKnown(error, redact);
    await Promise.all([transport?.close(PATIENCE.signal), relay.refuse(reason, told)]);
    return reason;
  } finally {
    await relay.finish();
  }
}

type Ended = 'client' | 'signal' | McpctlError;

interface Relay {
  /** Starts the transport and passes messages; settles when a side ended. */
  connect(transport: Transport, told: Promise<'signal'>): Promise<Ended>;
  /** True while requests of the client are unanswered. */
  isBusy(): boolean;
  /** Answers open requests with the reason; waits for the first when there was none yet. */
  refuse(reason: McpctlError, told: Promise<unknown>): Promise<void>;
  /** Waits until the client has taken what was written to it. */
  finish(): Promise<void>;
}

function createRelay({ client, redact, tap, heard }: Omit<RelayOptions, 'open' | 'signal'>): Relay {
  const { input, output } = client;
  const pending = new Set<string>();
  let receive = (_line: Buffer, _envelope: Envelope | undefined): unknown => undefined;
  let pauseServer = (): void => {};
  let resumeServer = (): void => {};
  const ended = new Promise<'client'>((resolve) => {
    const splitter = createLineSplitter({
      onLine: (line) => receive(line, readEnvelope(line)),
      onTooLong: (bytes) =>
        writeLine(output, refusalLine('null', `A message of ${bytes} bytes is too long.`)),
    });
    input.on('data', (chunk: Buffer) => splitter.push(chunk));
    input.on('end', () => {
      splitter.end();
      resolve('client');
    });
    input.on('error', () => resolve('client'));
    output.on('error', () => resolve('client'));
    output.on('drain', () => resumeServer());
    // Nothing is read before somebody receives it.
    input.pause();
  });
  const gate = createOrderedGate((bytes) => {
    if (!writeLine(output, bytes)) pauseServer();
  });
  let hasRefused = false;
  const answer = (ids: Iterable<string>, reason: McpctlError): void => {
    for (const id of ids) {
      if (!pending.delete(id)) continue;
      hasRefused = true;
      writeLine(output, refusalLine(id, reason));
    }
  };
  return {
    async connect(transport, told) {
      pauseServer = () => transport.pause?.();
      resumeServer = () => transport.resume?.();
      const lost = new Promise<McpctlError>((resolve) => {
        receive = (line, envelope) => {
          note(pending, envelope, 'request');
          if (envelope?.method === 'notifications/cancelled') {
            const id = cancelledId(line);
            pending.delete(id);
            tap.cancelled(id);
          }
          const refusal = tap.request(line, envelope);
          if (refusal) {
            for (const id of idsOf(envelope, 'request')) {
              pending.delete(id);
              gate.pass(refusalLine(id, refusal), undefined);
            }
            return;
          }
          transport
            .send(line, envelope)
            ?.catch(async (error) => await fail(envelope, asKnown(error, redact)));
        };
        const fail = async (envelope: Envelope | undefined, reason: McpctlError): Promise<void> => {
          const ids = idsOf(envelope, 'request');
          await tap.lost(ids, reason);
          answer(ids, reason);
          // A session that could not begin is over.
          if (envelope?.method === 'initialize') resolve(reason);
        };
        const started = transport.start({
          message(bytes, envelope) {
            note(pending, envelope, 'response');
            gate.pass(bytes, tap.answer(bytes, envelope));
            heard();
          },
          closed: (reason) => reason && resolve(reason),
          congested: (isCongested) => void (isCongested ? input.pause() : input.resume()),
        });
        started.then(
          () => input.resume(),
          (error) => resolve(asKnown(error, redact)),
        );
      });
      return await Promise.race([lost, ended, told]);
    },
    isBusy: () => pending.size > 0,
    async refuse(reason, told) {
      await gate.idle();
      await tap.lost([...pending], reason);
      answer([...pending], reason);
      if (hasRefused) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE.failureMs);
        const stop = (): void => {
          clearTimeout(timer);
          resolve();
        };
        receive = async (line, envelope) => {
          note(pending, envelope, 'request');
          tap.request(line, envelope);
          await tap.lost([...pending], reason);
          answer([...pending], reason);
          if (hasRefused) stop();
        };
        void Promise.race([ended, told]).then(stop);
        input.resume();
      });
    },
    async finish() {
      input.destroy();
      await gate.idle();
      if (output.destroyed || output.writableEnded) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE.failureMs);
        output.write('', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}

function idsOf(envelope: Envelope | undefined, kind: 'request' | 'response'): string[] {
  if (envelope?.kind === 'batch') return (envelope.items ?? []).flatMap((item) => idsOf(item, kind));
  return envelope?.kind === kind && envelope.id !== undefined ? [envelope.id] : [];
}

function note(pending: Set<string>, envelope: Envelope | undefined, kind: 'request' | 'response'): void {
  for (const id of idsOf(envelope, kind)) {
    if (kind === 'request') pending.add(id);
    else pending.delete(id);
  }
}

/** The request a client no longer waits for, as JSON text; an answer to it may never come. */
function cancelledId(line: Buffer): string {
  const message: unknown = JSON.parse(line.toString('utf8'));
  return JSON.stringify(isRecord(message) && isRecord(message.params) ? message.params.requestId : null);
}

function asKnown(error: unknown, redact: RelayOptions['redact']): McpctlError {
  if (!(error instanceof McpctlError)) {
    return new McpctlError('INTERNAL', `Unexpected failure: ${redact(messageOf(error))}`, { cause: error });
  }
  return redactError(error, redact) as McpctlError;
}
