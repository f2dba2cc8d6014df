import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { asKnown, McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import type { ProbeRequest } from './probe.ts';
import { CONTROL_VERSION, type ControlRequest } from './protocol.ts';

/** Longest request, in characters. */
const LONGEST = 16 * 1024;
const SILENCE_MS = 10_000;

export interface AnswerOptions {
  readonly key: string;
  answer(request: ControlRequest): Promise<unknown>;
  /** Tells more for a `follow`, until what is returned is called. */
  follow(tell: (data: unknown) => void): () => void;
  /** Takes secrets out of what is told. */
  redact(text: string): string;
}

/** Answers the requests of one connection in order. Who knows no key, talks junk or says nothing is left alone. */
export function answerRequests(socket: Socket, { key, answer, follow, redact }: AnswerOptions): void {
  let held = '';
  let underWay = 0;
  let before: Promise<void> = Promise.resolve();
  let isFollowed = false;
  const write = (told: object): void => {
    // Whoever stopped reading is not told any more.
    if (socket.writableLength > MOST_UNREAD_BYTES) socket.destroy();
    else socket.write(`${redact(JSON.stringify({ v: CONTROL_VERSION, ...told }))}\n`);
  };
  const reply = async (line: string): Promise<void> => {
    const { told, request } = await answerLine(line, key, answer);
    if (told === undefined) socket.destroy();
    else write(told);
    underWay -= 1;
    if (request?.ask !== 'follow' || isFollowed || socket.destroyed) return;
    isFollowed = true;
    socket.once(
      'close',
      follow((data) => write({ ok: true, data })),
    );
  };
  socket.on('error', () => {});
  socket.setTimeout(SILENCE_MS, () => underWay === 0 && !isFollowed && socket.destroy());
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (held + chunk).split('\n');
    held = lines.pop() ?? '';
    if (held.length > LONGEST || underWay + lines.length > MOST_AT_ONCE) {
      socket.destroy();
      return;
    }
    for (const line of lines) {
      underWay += 1;
      before = before.then(async () => await reply(line));
    }
  });
}

const MOST_AT_ONCE = 16;
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;

interface AnsweredLine {
  /** Undefined for who must not ask. */
  readonly told?: object;
  /** What was asked and could be answered. */
  readonly request?: ControlRequest;
}

async function answerLine(line: string, key: string, answer: AnswerOptions['answer']): Promise<AnsweredLine> {
  const message = line.length > LONGEST ? undefined : parsed(line);
  if (!isRecord(message) || !isKey(message.key, key)) return {};
  try {
    const request = requestIn(message);
    return { told: { ok: true, data: await answer(request) }, request };
  } catch (error) {
    const { code, message: text, hint } = asKnown(error);
    return { told: { ok: false, error: { code, message: text, ...(hint !== undefined && { hint }) } } };
  }
}

function requestIn(message: Record<string, unknown>): ControlRequest {
  const { v, ask, server, action } = message;
  if (v === CONTROL_VERSION) {
    if (PLAIN.has(ask as ControlRequest['ask'])) return { ask } as ControlRequest;
    if (ask === 'restart' && typeof server === 'string') {
      return { ask, server, reason: message.reason === 'hang' ? 'hang' : 'asked' };
    }
    if (ask === 'probe' && typeof server === 'string') return { ask, server, ...probeIn(message) };
    if (ask === 'cache' && (action === 'stats' || action === 'clear')) {
      return { ask, action, ...(typeof server === 'string' && { server }) };
    }
  }
  throw new McpctlError('USAGE', 'This process of mcpctl does not know that request.', {
    hint: 'It runs another version: restart the client that started it.',
  });
}

const PLAIN: ReadonlySet<ControlRequest['ask']> = new Set(['ping', 'status', 'follow', 'metrics', 'stop']);
const LONGEST_PROBE_MS = 60_000;

function probeIn({ timeoutMs, freshMs, call }: Record<string, unknown>): ProbeRequest {
  const upTo = (value: unknown, most: number): number =>
    typeof value === 'number' && value >= 0 ? Math.min(value, most) : 0;
  return {
    timeoutMs: upTo(timeoutMs, LONGEST_PROBE_MS) || 5000,
    freshMs: upTo(freshMs, Number.MAX_SAFE_INTEGER),
    ...(isRecord(call) &&
      typeof call.tool === 'string' &&
      isRecord(call.arguments) && { call: { tool: call.tool, arguments: call.arguments as JsonObject } }),
  };
}

function isKey(value: unknown, key: string): boolean {
  if (typeof value !== 'string') return false;
  const [given, known] = [Buffer.from(value), Buffer.from(key)];
  return given.length === known.length && timingSafeEqual(given, known);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
