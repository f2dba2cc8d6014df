import { lstatSync, type Stats } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { ERROR_CODES, type ErrorCode } from '../../core/error-codes.ts';
import { isSystemError, McpctlError } from '../../core/errors.ts';
import type { Running } from './find-running.ts';
import { CONTROL_VERSION, type ControlAnswers, type ControlRequest } from './protocol.ts';

export interface AskOptions {
  /** 5 s by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const LONGEST_ANSWER = 16 * 1024 * 1024;

/**
 * Asks a running process and gives back its answer, checked.
 * @throws PROCESS_NOT_RUNNING when it is gone, TOOL_TIMEOUT when it says nothing, and what it answers with.
 */
export async function askControl<R extends ControlRequest>(
  { pid, socket: path, key }: Pick<Running, 'pid' | 'socket' | 'key'>,
  request: R,
  { timeoutMs = 5000, signal }: AskOptions = {},
): Promise<ControlAnswers[R['ask']]> {
  refuseForeign(path, pid);
  const line = await exchange(path, JSON.stringify({ v: CONTROL_VERSION, key, ...request }), {
    pid,
    timeoutMs,
    signal,
  });
  return (await answerIn(line, request.ask, pid)) as ControlAnswers[R['ask']];
}

/** What a line of a process tells, checked. @throws what it answers with. */
export async function answerIn<A extends keyof ControlAnswers>(
  line: string,
  ask: A,
  pid: number,
): Promise<ControlAnswers[A]> {
  // Loaded here, since it is big and processes that only answer do not need it.
  const { answerSchemas } = await import('./answer-schemas.ts');
  const told = answerSchemas.envelope.safeParse(line);
  if (!told.success) throw unclear(pid);
  if (!told.data.ok) throw asTold(told.data.error);
  const data = answerSchemas[ask].safeParse(told.data.data);
  if (!data.success) throw unclear(pid);
  return data.data as ControlAnswers[A];
}

interface Exchange {
  readonly pid: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

function exchange(path: string, request: string, { pid, timeoutMs, signal }: Exchange): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket: Socket = connect(path);
    const settle = (finish: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.destroy();
      finish();
    };
    const abort = (): void => settle(() => reject(new McpctlError('CANCELLED', 'Cancelled.')));
    const timer = setTimeout(() => settle(() => reject(late(pid, timeoutMs))), timeoutMs);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    socket.on('error', (error) => settle(() => reject(gone(pid, error))));
    socket.on('close', () => settle(() => reject(gone(pid))));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\n');
      if (end !== -1) settle(() => resolve(text.slice(0, end)));
      else if (text.length > LONGEST_ANSWER) settle(() => reject(unclear(pid)));
    });
    socket.write(`${request}\n`);
  });
}

/** A socket of somebody else would get our key, and could answer anything. */
export function refuseForeign(path: string, pid: number): void {
  const own = process.getuid?.();
  if (own === undefined) return;
  const stats = lookAt(path, pid);
  if (!stats.isSocket() || stats.uid !== own) throw gone(pid);
}

/** At once: asking in the background costs more than the answer. */
function lookAt(path: string, pid: number): Stats {
  try {
    return lstatSync(path);
  } catch (error) {
    throw gone(pid, error);
  }
}

function asTold({ code, message, hint }: { code: string; message: string; hint?: string }): McpctlError {
  const known = code in ERROR_CODES ? (code as ErrorCode) : 'INTERNAL';
  return new McpctlError(known, message, hint === undefined ? {} : { hint });
}

export function gone(pid: number, cause?: unknown): McpctlError {
  const reason = isSystemError(cause, 'EACCES', 'EPERM') ? 'cannot be asked by you' : 'is gone';
  return new McpctlError('PROCESS_NOT_RUNNING', `The mcpctl process ${pid} ${reason}.`, { cause });
}

function late(pid: number, timeoutMs: number): McpctlError {
  return new McpctlError('TOOL_TIMEOUT', `The mcpctl process ${pid} did not answer within ${timeoutMs} ms.`, {
    data: { pid },
  });
}

function unclear(pid: number): McpctlError {
  return new McpctlError('INTERNAL', `The mcpctl process ${pid} gave an answer nobody understands.`, {
    hint: 'It runs another version: restart the client that started it.',
    data: { pid },
  });
}
