import type { Writable } from 'node:stream';

const NEWLINE = 0x0a;
const LINE_BREAK = Buffer.from('\n');
/** Up to here copying costs less than a second piece to write. */
const COPY_UP_TO_BYTES = 64 * 1024;

/**
 * Writes one line; false when the reader is behind. Lines written in one turn leave in one system call; `later` says
 * when.
 */
export function writeLine(
  output: Writable,
  bytes: Buffer,
  later: (action: () => void) => void = process.nextTick,
): boolean {
  if (output.writableCorked === 0) {
    output.cork();
    later(() => output.uncork());
  }
  if (bytes.at(-1) === NEWLINE) return output.write(bytes);
  if (bytes.length <= COPY_UP_TO_BYTES) return output.write(Buffer.concat([bytes, LINE_BREAK]));
  output.write(bytes);
  return output.write(LINE_BREAK);
}
