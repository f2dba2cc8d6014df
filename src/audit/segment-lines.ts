import { createReadStream } from 'node:fs';
import { createLineSplitter } from '../mcp/line-splitter.ts';

/** Every line of a segment, from a byte on, with its line break, blank ones too; the last may lack it. */
export async function* segmentLines(path: string, start = 0): AsyncGenerator<Buffer> {
  let lines: Buffer[] = [];
  const splitter = createLineSplitter({
    keepBlank: true,
    onLine: (line) => void lines.push(line),
    onTooLong: () => void lines.push(Buffer.from('\n')),
  });
  for await (const chunk of createReadStream(path, { start, highWaterMark: 256 * 1024 })) {
    splitter.push(chunk as Buffer);
    yield* lines;
    lines = [];
  }
  splitter.end();
  yield* lines;
}
