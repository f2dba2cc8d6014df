import { McpctlError } from '../../src/core/errors.ts';
import { readEnvelope } from '../../src/mcp/envelope.ts';
import { createSupervisedTransport, type SupervisionOptions } from '../../src/mcp/supervised-transport.ts';
import type { Transport, TransportHandlers } from '../../src/mcp/transport.ts';

export interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly [name: string]: unknown };
}

/** One run of a scripted program. */
export interface Program {
  readonly received: Message[];
  say(message: object): void;
  crash(): void;
}

export interface World {
  readonly programs: Program[];
  readonly client: Message[];
  readonly pauses: number[];
  readonly closed: (McpctlError | undefined)[];
  readonly supervised: ReturnType<typeof createSupervisedTransport>;
  readonly notes: string[];
  now: number;
  /** What a run answers to a request; undefined leaves it open. */
  answer(message: Message, run: number): unknown;
  /** What starting a run throws. */
  failure: McpctlError | undefined;
  /** What starting a run waits for. */
  opening: Promise<unknown> | undefined;
  ask(message: Message): Promise<void>;
  tell(message: Message): void;
}

export const TOOL = { name: 'look', inputSchema: { type: 'object' }, annotations: { readOnlyHint: true } };
export const OTHER = { name: 'other', inputSchema: { type: 'object' } };
const ended = (): McpctlError => new McpctlError('SERVER_EXITED', 'The server x was ended by SIGKILL.');

/** Greets, and lists one tool. */
export function standard({ method }: Message): unknown {
  if (method === 'initialize') return { protocolVersion: '2025-11-25', capabilities: { tools: {} } };
  if (method === 'tools/list') return { tools: [TOOL] };
  return method === 'tools/call' ? undefined : {};
}

/** A supervised transport over scripted programs, with a clock that passes when it is waited for. */
export function world(more: Partial<SupervisionOptions> = {}): World {
  const programs: Program[] = [];
  const open = async (): Promise<Transport> => {
    if (it.opening) await it.opening;
    if (it.failure) throw it.failure;
    const received: Message[] = [];
    const run = programs.length;
    let handlers: TransportHandlers | undefined;
    let isOver = false;
    const end = (reason: McpctlError | undefined): void => {
      if (isOver) return;
      isOver = true;
      handlers?.ending?.();
      handlers?.closed(reason);
    };
    const say = (message: object): void => {
      const line = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
      const envelope = readEnvelope(line);
      if (envelope && !isOver) handlers?.message(line, envelope);
    };
    programs.push({ received, say, crash: () => end(ended()) });
    return {
      async start(given) {
        handlers = given;
      },
      send(bytes) {
        const message = JSON.parse(bytes.toString('utf8')) as Message;
        received.push(message);
        const result = message.id === undefined ? undefined : it.answer(message, run);
        if (result !== undefined) queueMicrotask(() => say({ id: message.id, result }));
        return undefined;
      },
      async close() {
        end(undefined);
      },
    };
  };
  const pauses: number[] = [];
  const notes: string[] = [];
  const clock = {
    now: () => it.now,
    // Greetings are never late here; pauses are over as soon as they are written down.
    wait: (milliseconds: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (milliseconds >= 60_000 && !more.clock) signal.addEventListener('abort', () => resolve());
        else {
          pauses.push(milliseconds);
          it.now += milliseconds;
          resolve();
        }
      }),
  };
  const supervised = createSupervisedTransport({
    server: 'x',
    open,
    note: (text) => notes.push(text),
    clock,
    ...more,
  });
  const send = (message: Message): Promise<void> | undefined => {
    const line = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    return supervised.send(line, readEnvelope(line));
  };
  const it: World = {
    programs,
    pauses,
    notes,
    client: [],
    closed: [],
    supervised,
    now: 0,
    failure: undefined,
    opening: undefined,
    answer: standard,
    ask: async (message) => await send(message),
    tell: (message) => void send(message),
  };
  return it;
}
