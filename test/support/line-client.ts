import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface LineClient {
  readonly child: ChildProcess;
  /** Every line of stdout so far, without line breaks. */
  readonly lines: string[];
  readonly stderr: () => string;
  send(message: object | string): void;
  /** Settles with the line that answers the id. */
  answer(id: number | string): Promise<string>;
  /** Settles with the first line, past or future, that fits. */
  line(fits: (line: string) => boolean): Promise<string>;
  /** Ends the input and settles with the exit status. */
  end(): Promise<number | null>;
  readonly closed: Promise<number | null>;
}

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
  const line = (fits: (line: string) => boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const check = (): void => {
        const found = lines.find(fits);
        if (found === undefined && !isClosed) return;
        waiting.delete(check);
        if (found === undefined) reject(new Error(`ended without the line\n${lines.join('\n')}\n${stderr}`));
        else resolve(found);
      };
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
      line((text) => {
        const message = JSON.parse(text);
        return message.id === id && message.method === undefined;
      }),
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
