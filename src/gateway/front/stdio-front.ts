import type { Readable, Writable } from 'node:stream';
import { refusalLine } from '../../calls/refusal-line.ts';
import { ShortLivedSet } from '../../core/short-lived-map.ts';
import { within } from '../../core/within.ts';
import { createLineSplitter } from '../../mcp/line-splitter.ts';
import { writeLine } from '../../mcp/write-line.ts';
import type { Hub } from '../hub/hub.ts';
import { type Conversation, createConversation } from './conversation.ts';
import { errorLine } from './error-line.ts';
import { type Incoming, modernVersionOf, readIncoming, refuseMeta } from './incoming.ts';

export interface StdioFrontOptions {
  readonly hub: Hub;
  readonly input: Readable;
  readonly output: Writable;
  /** Aborted when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** The one server that is offered, its names as they are. */
  readonly only?: string;
  /** The profile that says what is offered. */
  readonly profile?: string;
}

/** For requests that are still open when the input ends, as in `mcpctl gateway < requests.jsonl`; milliseconds. */
const PATIENCE_MS = 10_000;

/** Lets one client speak to the hub over two streams, in either era; settles when it left or we are told to stop. */
export async function serveStdio(options: StdioFrontOptions): Promise<void> {
  const { hub, input, output, signal, only, profile } = options;
  const send = (line: Buffer): void => {
    if (!writeLine(output, line)) input.pause();
  };
  const offered = { ...(only !== undefined && { only }), ...(profile !== undefined && { profile }) };
  const speaker = { hub, principal: 'local', ...offered, send };
  const legacy = createConversation({ ...speaker, era: 'legacy' });
  const modern = createConversation({ ...speaker, era: 'modern' });
  const open = new ShortLivedSet<Promise<void>>();
  const answer = async (incoming: Incoming): Promise<Buffer | undefined> => {
    const { envelope, message } = incoming;
    const isLegacy = modernVersionOf(message) === undefined && envelope.method !== 'server/discover';
    if (isLegacy) return await legacy.request(incoming, { notify: send });
    return refuseMeta(envelope.id ?? 'null', message) ?? (await modern.request(incoming, { notify: send }));
  };
  const receive = (line: Buffer): void => {
    const received = readIncoming(line);
    if (!received || (received.isBatch && legacy.client.hello.protocolVersion !== BATCHES)) {
      send(errorLine('null', received ? -32600 : -32700, 'This line is no JSON-RPC message.'));
      return;
    }
    const { items, isBatch } = received;
    const answers = items.flatMap((incoming) => {
      if (incoming.envelope.kind === 'request') return [answer(incoming)];
      tell(incoming, legacy, modern);
      return [];
    });
    if (answers.length === 0) return;
    const sent = Promise.all(answers).then((lines) => {
      const whole = joined(
        lines.filter((each) => each !== undefined),
        isBatch,
      );
      if (whole) send(whole);
    });
    open.add(sent);
    void sent.finally(() => open.delete(sent));
  };
  const ended = await listen({ input, output, signal, receive, send });
  if (ended === 'input') await within(PATIENCE_MS, Promise.all(open.values()));
  legacy.close();
  modern.close();
}

/** The one revision with batches. */
const BATCHES = '2025-03-26';

type Listening = Pick<StdioFrontOptions, 'input' | 'output' | 'signal'> & {
  receive(line: Buffer): void;
  send(line: Buffer): void;
};

/** Hands out lines until the input ends, nobody reads any more, or we are told to stop. */
async function listen({
  input,
  output,
  signal,
  receive,
  send,
}: Listening): Promise<'input' | 'output' | 'signal'> {
  return await new Promise((resolve) => {
    const splitter = createLineSplitter({
      onLine: receive,
      onTooLong: (bytes) => send(refusalLine('null', `A message of ${bytes} bytes is too long.`)),
    });
    input.on('data', (chunk: Buffer) => splitter.push(chunk));
    input.on('end', () => {
      splitter.end();
      resolve('input');
    });
    input.on('error', () => resolve('output'));
    output.on('error', () => resolve('output'));
    output.on('drain', () => input.resume());
    if (signal.aborted) resolve('signal');
    signal.addEventListener('abort', () => resolve('signal'), { once: true });
  });
}

function tell(incoming: Incoming, legacy: Conversation, modern: Conversation): void {
  // Ids are the client's own: only one of the two has a request with that of a cancellation.
  if (
    incoming.envelope.method === 'notifications/cancelled' ||
    modernVersionOf(incoming.message) !== undefined
  ) {
    modern.tell(incoming);
  }
  if (modernVersionOf(incoming.message) === undefined) legacy.tell(incoming);
}

/** Several answers of a batch as one array. */
function joined(lines: readonly Buffer[], isBatch: boolean): Buffer | undefined {
  if (!isBatch || lines.length === 0) return lines[0];
  return Buffer.from(`[${lines.map((line) => line.toString('utf8').trim()).join(',')}]\n`);
}
