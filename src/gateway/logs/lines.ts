import type { FileHandle } from 'node:fs/promises';

const CHUNK = 64 * 1024;
/** A line without an end is cut here. */
const LONGEST = 1024 * 1024;
const LINE_BREAK = 10;

/** The lines of a file up to `end`, the last one first, however it ends. Empty ones are left out. */
export async function* linesBackwards(handle: FileHandle, end: number): AsyncGenerator<string> {
  let position = end;
  let rest = Buffer.alloc(0);
  while (position > 0) {
    const start = Math.max(0, position - CHUNK);
    const data = Buffer.concat([await read(handle, start, position), rest]);
    position = start;
    let stop = data.length;
    while (stop > 0) {
      const cut = data.lastIndexOf(LINE_BREAK, stop - 1);
      if (cut === -1) break;
      if (cut + 1 < stop) yield data.toString('utf8', cut + 1, stop);
      stop = cut;
    }
    rest = data.subarray(0, stop);
    if (rest.length > LONGEST) {
      yield rest.toString('utf8');
      rest = Buffer.alloc(0);
    }
  }
  if (rest.length > 0) yield rest.toString('utf8');
}

/** Where the last whole line before `end` ends. */
export async function endOfLines(handle: FileHandle, end: number): Promise<number> {
  let position = end;
  while (position > 0) {
    const start = Math.max(0, position - CHUNK);
    const cut = (await read(handle, start, position)).lastIndexOf(LINE_BREAK);
    if (cut !== -1) return start + cut + 1;
    position = start;
  }
  return 0;
}

export interface ReadLines {
  readonly lines: string[];
  /** Where the first line begins that is not whole. */
  readonly end: number;
}

/** The whole lines of a file from `start` on; with `isOver` also one at its end that no line break ends. */
export async function linesFrom(handle: FileHandle, start: number, isOver: boolean): Promise<ReadLines> {
  const lines: string[] = [];
  let [end, rest] = [start, Buffer.alloc(0)];
  for (;;) {
    const from = end + rest.length;
    const chunk = await read(handle, from, from + CHUNK);
    const data = Buffer.concat([rest, chunk]);
    const isAll = chunk.length === 0;
    let begin = 0;
    for (;;) {
      const cut = data.indexOf(LINE_BREAK, begin);
      if (cut === -1) break;
      if (cut > begin) lines.push(data.toString('utf8', begin, cut));
      begin = cut + 1;
    }
    end += begin;
    rest = data.subarray(begin);
    if (rest.length > 0 && ((isAll && isOver) || rest.length > LONGEST)) {
      lines.push(rest.toString('utf8'));
      end += rest.length;
      rest = Buffer.alloc(0);
    }
    if (isAll) return { lines, end };
  }
}

/** What is there of the bytes asked for. */
async function read(handle: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
  return buffer.subarray(0, bytesRead);
}
