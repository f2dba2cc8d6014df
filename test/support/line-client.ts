import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { processState } from './process-state.ts';

export interface LineClient {
  readonly child: ChildProcess;
  /** Every line of stdout so far, without line breaks. */
  readonly lines: string[];
  readonly stderr: () => string;
  send(message: object | string): void;
  /** Settles with the line that answers the id. As `line`. */
  answer(id: number | string): Promise<string>;
  /**
   * Settles with the first line, past or future, that fits. Rejects when the process ends without it, or when it does
   * not come for so long that it is lost; the reason tells what the process said and does.
   */
  line(fits: (line: string, at: number) => boolean, what?: string): Promise<string>;
  /** Ends the input and settles with the exit status. */
  end(): Promise<number | null>;
  readonly closed: Promise<number | null>;
}

/** Longer than a call may take that is tried again and again, and shorter than the time of a test. */
const LOST_MS = 80_000;
const LAST_LINES = 20;

/** Speaks lines with a child process and keeps the bytes of each. */
export function lineClient(child: ChildProcess): LineClient {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  let stderr = '';
  let isClosed = false;
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    for (const check of [...waiting]) check();
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin?.on('error', () => {});
  const closed = once(child, 'close').then(([status]) => {
    isClosed = true;
    for (const check of [...waiting]) check();
    return status as number | null;
  });
  const messages: { readonly id?: unknown; readonly method?: unknown }[] = [];
  /** Parsed once: fleets get thousands of answers. */
  const messageAt = (at: number): (typeof messages)[number] => {
    messages[at] ??= JSON.parse(lines[at] ?? '');
    return messages[at] ?? {};
  };
  const said = (): string => `${lines.slice(-LAST_LINES).join('\n')}\n${stderr}`;
  const line: LineClient['line'] = (fits, what = String(fits)) =>
    new Promise((resolve, reject) => {
      let seen = 0;
      const finish = (): void => {
        clearTimeout(timer);
        waiting.delete(check);
      };
      const check = (): void => {
        for (; seen < lines.length; seen += 1) {
          const next = lines[seen] ?? '';
          if (!fits(next, seen)) continue;
          finish();
          resolve(next);
          return;
        }
        if (!isClosed) return;
        finish();
        reject(new Error(`ended without ${what}\n${said()}`));
      };
      const timer = setTimeout(async () => {
        finish();
        reject(new Error(`${LOST_MS} ms without ${what}; ${await processState(child)}\n${said()}`));
      }, LOST_MS);
      waiting.add(check);
      check();
    });
  return {
    child,
    lines,
    stderr: () => stderr,
    send(message) {
      const text = typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message });
      child.stdin?.write(`${text}\n`);
    },
    line,
    answer: (id) =>
      line((_, at) => {
        const message = messageAt(at);
        return message.id === id && message.method === undefined;
      }, `an answer to ${id}`),
    end() {
      child.stdin?.end();
      return closed;
    },
    closed,
  };
}

export function initialize(id: number | string = 0, capabilities: object = {}): object {
  const clientInfo = { name: 'test', version: '0' };
  return { id, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities, clientInfo } };
}
