import type { Writable } from 'node:stream';

const NEWLINE = 0x0a;

/** Writes one line; false when the reader is behind. Lines written in one turn leave in one system call. */
export function writeLine(output: Writable, bytes: Buffer): boolean {
  if (output.writableCorked === 0) {
    output.cork();
    process.nextTick(() => output.uncork());
  }
  const isFree = output.write(bytes);
  return bytes.at(-1) === NEWLINE ? isFree : output.write('\n');
}
