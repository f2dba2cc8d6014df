import type { Reply } from './reply.ts';

/** `text/event-stream`, as proxies need it to pass it on at once. */
export function startEvents(response: Reply, headers: Readonly<Record<string, string>> = {}): void {
  response.begin(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    ...headers,
  });
  response.flushHeaders();
}

const END = Buffer.from('\n\n');

/** One message as an event. */
export function eventOf(line: Buffer, id?: string): Buffer {
  const head = id === undefined ? 'event: message\ndata: ' : `event: message\nid: ${id}\ndata: `;
  return Buffer.concat([Buffer.from(head), withoutBreak(line), END]);
}

/** Tells from where to read on after a break and how soon, in milliseconds; its data is empty. */
export function firstEvent(id: string, retryMs: number): Buffer {
  return Buffer.from(`id: ${id}\nretry: ${retryMs}\ndata: \n\n`);
}

/** A comment: it keeps the connection open, and shows when nobody is there any more. */
export const KEEP_ALIVE = Buffer.from(': keep-alive\n\n');

/** Beyond so much that was written and not read, the reader is given up. */
const MOST_UNREAD_BYTES = 16 * 1024 * 1024;

/** Writes to a reader; one who does not read is cut off. */
export function push(response: Reply, bytes: Buffer): void {
  if (response.destroyed || response.writableEnded) return;
  if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
  else response.write(bytes);
}

function withoutBreak(line: Buffer): Buffer {
  let end = line.length;
  while (line[end - 1] === 0x0a || line[end - 1] === 0x0d) end -= 1;
  return end === line.length ? line : line.subarray(0, end);
}
