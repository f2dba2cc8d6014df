import type { Readable, Writable } from 'node:stream';
import { refusalLine } from '../../calls/refusal-line.ts';
import { McpctlError, messageOf } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { redactError } from '../../core/redact-error.ts';
import { ShortLivedMap } from '../../core/short-lived-map.ts';
import { type Envelope, readEnvelope } from '../../mcp/envelope.ts';
import { createLineSplitter } from '../../mcp/line-splitter.ts';
import type { Transport } from '../../mcp/transport.ts';
import { writeLine } from '../../mcp/write-line.ts';
import { type CallGate, createCallGate } from './call-gate.ts';
import type { ClientCalls, RelayPorts } from './client-calls.ts';
import { createOrderedGate } from './ordered-gate.ts';

export interface RelayOptions {
  readonly client: { readonly input: Readable; readonly output: Writable };
  /** Opens the way to the server; what it throws is told to the client too. */
  open(): Promise<Transport>;
  /** Takes secrets out of reasons before anybody reads them. */
  redact(text: string): string;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** The server said something. */
  heard(): void;
  /** Loads what answers tool calls; asked once, when the session begins. */
  loadCalls(ports: RelayPorts): Promise<ClientCalls>;
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
  loadCalls,
  heard,
}: RelayOptions): Promise<McpctlError | undefined> {
  const relay = createRelay({ client, redact, loadCalls, heard });
  const told = new Promise<'signal'>((resolve) => {
    if (signal.aborted) resolve('signal');
    signal.addEventListener('abort', () => resolve('signal'), { once: true });
  });
  let transport: Transport | undefined;
  try {
    transport = await open();
    const ended = await relay.connect(transport, told);
    if (ended instanceof McpctlError) throw ended;
    if (ended === 'client') await relay.sendAll(PATIENCE.inFlight.eofMs);
    const patience = ended === 'signal' ? PATIENCE.signal : relay.isBusy() ? PATIENCE.inFlight : PATIENCE.eof;
    await transport.close(patience);
    return undefined;
  } catch (error) {
    const reason = asKnown(error, redact);
    await Promise.all([transport?.close(PATIENCE.signal), relay.refuse(reason, told)]);
    return reason;
  } finally {
    await relay.closeCalls();
    await relay.finish();
  }
}

type Ended = 'client' | 'signal' | McpctlError;

interface Relay {
  /** Starts the transport and passes messages; settles when a side ended. */
  connect(transport: Transport, told: Promise<'signal'>): Promise<Ended>;
  /** The client is gone: waits until its calls are with the server, but no longer than so many milliseconds. */
  sendAll(ms: number): Promise<void>;
  /** True while requests of the client are unanswered. */
  isBusy(): boolean;
  /** Answers open requests with the reason; waits for the first when there was none yet. */
  refuse(reason: McpctlError, told: Promise<unknown>): Promise<void>;
  /** Records calls that got no answer. */
  closeCalls(): Promise<void>;
  /** Waits until the client has taken what was written to it. */
  finish(): Promise<void>;
}

function createRelay({ client, redact, loadCalls, heard }: Omit<RelayOptions, 'open' | 'signal'>): Relay {
  const { input, output } = client;
  const pending = new ShortLivedMap<string>();
  let transport: Transport | undefined;
  let receive = (_line: Buffer, _envelope: Envelope | undefined): unknown => undefined;
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
    output.on('drain', () => transport?.resume?.());
    // Nothing is read before somebody receives it.
    input.pause();
  });
  const gate = createOrderedGate((bytes) => {
    if (!writeLine(output, bytes)) transport?.pause?.();
  });
  let onAnswer = (): void => {};
  const answer = (ids: readonly string[], line: Buffer): void => {
    for (const id of ids) pending.delete(id);
    gate.pass(line, undefined);
    onAnswer();
  };
  const refuse = (envelope: Envelope | undefined, reason: McpctlError): void => {
    for (const id of idsOf(envelope, 'request')) if (pending.has(id)) answer([id], refusalLine(id, reason));
  };
  /** In place of a list of tools nobody can say of what may be shown. */
  const unjudged = ({ id = 'null' }: Envelope, error: unknown): Buffer =>
    refusalLine(id, asKnown(error, redact));
  let lose = (_reason: McpctlError): void => {};
  const pass = (line: Buffer, envelope: Envelope | undefined): void => {
    transport?.send(line, envelope)?.catch((error: unknown) => {
      const reason = asKnown(error, redact);
      refuse(envelope, reason);
      // A session that could not begin is over.
      if (envelope?.method === 'initialize') lose(reason);
    });
  };
  const calls: CallGate = createCallGate({
    load: async () =>
      await loadCalls({
        send: (line, envelope) => transport?.send(line, envelope),
        pass,
        answered: answer,
        known: (error) => asKnown(error, redact),
      }),
    pass,
    failed: (envelope, error) => refuse(envelope, asKnown(error, redact)),
  });
  const fromClient = (line: Buffer, envelope: Envelope | undefined): boolean => {
    for (const id of idsOf(envelope, 'request')) pending.set(id, id);
    if (envelope?.method === 'notifications/cancelled') pending.delete(cancelledId(line));
    return calls.fromClient(line, envelope);
  };
  return {
    async connect(opened, told) {
      transport = opened;
      const lost = new Promise<McpctlError>((resolve) => {
        lose = resolve;
        receive = (line, envelope) => {
          if (!fromClient(line, envelope)) pass(line, envelope);
        };
        const started = opened.start({
          message(bytes, envelope) {
            heard();
            const shown = calls.fromServer(bytes, envelope);
            if (!shown) return;
            for (const id of idsOf(envelope, 'response')) pending.delete(id);
            if (shown instanceof Promise)
              gate.pass(
                bytes,
                shown.catch((error) => unjudged(envelope, error)),
              );
            else gate.pass(shown, undefined);
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
    async sendAll(ms) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      });
      await Promise.race([calls.allSent(), late]);
      clearTimeout(timer);
    },
    isBusy: () => pending.size > 0,
    async refuse(reason, told) {
      await gate.idle();
      let isTold = false;
      onAnswer = () => {
        isTold = true;
      };
      await calls.end(reason);
      for (const id of pending.values()) answer([id], refusalLine(id, reason));
      if (isTold) return;
      // Nothing was open: what comes first is told.
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PATIENCE.failureMs);
        onAnswer = () => {
          clearTimeout(timer);
          resolve();
        };
        receive = (line, envelope) => {
          if (fromClient(line, envelope)) void calls.end(reason);
          else refuse(envelope, reason);
        };
        void Promise.race([ended, told]).then(onAnswer);
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
    closeCalls: async () => await calls.close(),
  };
}

function idsOf(envelope: Envelope | undefined, kind: 'request' | 'response'): string[] {
  if (envelope?.kind === 'batch') return (envelope.items ?? []).flatMap((item) => idsOf(item, kind));
  return envelope?.kind === kind && envelope.id !== undefined ? [envelope.id] : [];
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
