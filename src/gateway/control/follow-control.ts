import { connect, type Socket } from 'node:net';
import { asKnown, type McpctlError } from '../../core/errors.ts';
import { answerIn, gone, refuseForeign } from './ask-control.ts';
import type { Running } from './find-running.ts';
import { CONTROL_VERSION, type ControlStatus } from './protocol.ts';

export interface FollowOptions {
  told(status: ControlStatus): void;
  /**
   * Nothing more is told: PROCESS_NOT_RUNNING when the process is gone, USAGE when it is of a version that does not
   * know how.
   */
  ended(reason: McpctlError): void;
}

const LONGEST_LINE = 16 * 1024 * 1024;

/** Is told how the servers of a process are, at once and after each change, until what is returned is called. */
export function followControl(
  { pid, socket: path, key }: Pick<Running, 'pid' | 'socket' | 'key'>,
  { told, ended }: FollowOptions,
): () => void {
  let socket: Socket | undefined;
  let isOver = false;
  const end = (reason: unknown): void => {
    if (isOver) return;
    isOver = true;
    socket?.destroy();
    ended(asKnown(reason));
  };
  const begin = (): void => {
    if (isOver) return;
    refuseForeign(path, pid);
    let text = '';
    let before: Promise<void> = Promise.resolve();
    const hear = async (line: string): Promise<void> => {
      const status = await answerIn(line, 'follow', pid);
      if (!isOver) told(status);
    };
    socket = connect(path);
    socket.on('error', (error) => end(gone(pid, error)));
    socket.on('close', () => void before.then(() => end(gone(pid))));
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (text + chunk).split('\n');
      text = lines.pop() ?? '';
      if (text.length > LONGEST_LINE) end(gone(pid));
      for (const line of lines) before = before.then(async () => await hear(line)).catch(end);
    });
    socket.write(`${JSON.stringify({ v: CONTROL_VERSION, key, ask: 'follow' })}\n`);
  };
  // Whoever asked has what is returned before anything is told.
  Promise.resolve().then(begin).catch(end);
  return () => {
    isOver = true;
    socket?.destroy();
  };
}
