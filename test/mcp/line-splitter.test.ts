import { expect, test } from 'vitest';
import { createLineSplitter } from '../../src/mcp/line-splitter.ts';

function split(chunks: string[], maxBytes?: number): { lines: string[]; tooLong: number[] } {
  const lines: string[] = [];
  const tooLong: number[] = [];
  const splitter = createLineSplitter({
    maxBytes,
    onLine: (line) => lines.push(line.toString()),
    onTooLong: (bytes) => tooLong.push(bytes),
  });
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return { lines, tooLong };
}

test('gives lines with their line breaks, however the stream was cut', () => {
  const text = '{"a":1}\r\n\n{"b":"ü"}\n{"c":3}';
  const expected = ['{"a":1}\r\n', '{"b":"ü"}\n', '{"c":3}'];

  expect(split([text]).lines).toEqual(expected);
  expect(split([...text.replace('ü', 'u')]).lines).toEqual(expected.map((line) => line.replace('ü', 'u')));
});

test('drops a line beyond the cap, says how long it was, and goes on with the next', () => {
  expect(split(['aaaa', 'aaaa', 'aa\nbbb\n'], 8)).toEqual({ lines: ['bbb\n'], tooLong: [11] });
});

test('takes a line of 64 MiB in small pieces without copying it again and again', () => {
  const piece = Buffer.alloc(64 * 1024, 0x61);
  let length = 0;
  const splitter = createLineSplitter({ onLine: (line) => (length = line.length), onTooLong: () => {} });
  const begun = performance.now();
  for (let count = 0; count < 1024; count += 1) splitter.push(piece);
  splitter.push(Buffer.from('\n'));

  expect(length).toBe(64 * 1024 * 1024 + 1);
  // Quadratic copying would take minutes.
  expect(performance.now() - begun).toBeLessThan(20_000);
});
