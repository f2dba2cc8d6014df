import { timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { asKnown, McpctlError } from '../../core/errors.ts';
import { isRecord } from '../../core/json.ts';
import { CONTROL_VERSION, type ControlRequest } from './protocol.ts';

/** Longest request, in characters. */
const LONGEST = 16 * 1024;
const SILENCE_MS = 10_000;

export interface AnswerOptions {
  readonly key: string;
  answer(request: ControlRequest): Promise<unknown>;
  /** Takes secrets out of what is told. */
  redact(text: string): string;
}

/** Answers the requests of one connection in order. Who knows no key, talks junk or says nothing is left alone. */
export function answerRequests(socket: Socket, { key, answer, redact }: AnswerOptions): void {
  let held = '';
  let underWay = 0;
  let before: Promise<void> = Promise.resolve();
  const reply = async (line: string): Promise<void> => {
    const told = await answerLine(line, key, answer);
    if (told === undefined) socket.destroy();
    else socket.write(`${redact(JSON.stringify({ v: CONTROL_VERSION, ...told }))}\n`);
    underWay -= 1;
  };
  socket.on('error', () => {});
  socket.setTimeout(SILENCE_MS, () => underWay === 0 && socket.destroy());
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

/** Undefined for who must not ask. */
async function answerLine(
  line: string,
  key: string,
  answer: AnswerOptions['answer'],
): Promise<object | undefined> {
  const message = line.length > LONGEST ? undefined : parsed(line);
  if (!isRecord(message) || !isKey(message.key, key)) return undefined;
  try {
    return { ok: true, data: await answer(requestIn(message)) };
  } catch (error) {
    const { code, message: text, hint } = asKnown(error);
    return { ok: false, error: { code, message: text, ...(hint !== undefined && { hint }) } };
  }
}

function requestIn(message: Record<string, unknown>): ControlRequest {
  const { v, ask, server, action } = message;
  if (v === CONTROL_VERSION) {
    if (ask === 'ping' || ask === 'status' || ask === 'metrics' || ask === 'stop') return { ask };
    if (ask === 'restart' && typeof server === 'string') return { ask, server };
    if (ask === 'cache' && (action === 'stats' || action === 'clear')) {
      return { ask, action, ...(typeof server === 'string' && { server }) };
    }
  }
  throw new McpctlError('USAGE', 'This process of mcpctl does not know that request.', {
    hint: 'It runs another version: restart the client that started it.',
  });
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
