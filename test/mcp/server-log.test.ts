import { expect, test } from 'vitest';
import { createRedactor } from '../../src/core/redaction.ts';
import { createServerLog } from '../../src/mcp/server-log.ts';

const SECRET = 'canary-7f3a9c51e2d84b60';
const LIMIT = 8 * 1024;

function logOf(): { log: ReturnType<typeof createServerLog>; lines: string[] } {
  const lines: string[] = [];
  const log = createServerLog({ redact: createRedactor([SECRET]), write: (line) => lines.push(line) });
  return { log, lines };
}

/** Every part of the secret that would tell something. */
function tellsOf(lines: readonly string[]): string[] {
  const text = lines.join('');
  return [SECRET.slice(0, 8), SECRET.slice(-8)].filter((part) => text.includes(part));
}

test.each(Array.from({ length: SECRET.length + 2 }, (_, before) => before))(
  'hides a secret of which %i characters stand before the cut of a long line',
  (before) => {
    const { log, lines } = logOf();
    const line = `${'x'.repeat(LIMIT + 1 - before)}${SECRET} and more\n`;

    log.stderr(Buffer.from(line.slice(0, LIMIT + 1)));
    log.stderr(Buffer.from(line.slice(LIMIT + 1)));
    log.stderr(Buffer.from('the next line\n'));

    expect(tellsOf(lines)).toEqual([]);
    expect(lines.join('')).toBe(`${'x'.repeat(LIMIT + 1 - before)}••• and morethe next line`);
    expect(lines.at(-1)).toBe('the next line');
  },
);

test('hides a secret whose colours are cut', () => {
  const { log, lines } = logOf();
  const start = `${'x'.repeat(LIMIT)}${SECRET.slice(0, 10)}\u001b[3`;

  log.stderr(Buffer.from(start));
  log.stderr(Buffer.from(`1m${SECRET.slice(10)}\n`));

  expect(tellsOf(lines)).toEqual([]);
  expect(lines.join('')).toBe(`${'x'.repeat(LIMIT)}•••`);
});

test('shows the end of a long line that nothing follows', () => {
  const { log, lines } = logOf();

  log.stderr(Buffer.from(`${'x'.repeat(LIMIT + 1)}${SECRET.slice(0, 4)}`));
  log.end();

  expect(lines.join('')).toBe(`${'x'.repeat(LIMIT + 1)}${SECRET.slice(0, 4)}`);
});

test('hides a secret across the end of what is kept of a long junk line', () => {
  const { log, lines } = logOf();

  log.junk(Buffer.from(`${'x'.repeat(LIMIT - 10)}${SECRET}${'y'.repeat(100)}`));

  expect(lines).toEqual(['x'.repeat(LIMIT - 10)]);
  expect(log.firstJunk).not.toContain(SECRET.slice(0, 8));
});

test('the last lines begin with the one that names the error, however long the stack below it', () => {
  const { log } = logOf();
  const stack = ['at a', 'at b', 'at c', 'at d', 'at e', "{ code: 'MODULE_NOT_FOUND' }"];

  log.stderr(Buffer.from(`${["Error: Cannot find module '/x.mjs'", ...stack].join('\n')}\n`));

  expect(log.lastLines()).toEqual(["Error: Cannot find module '/x.mjs'", ...stack.slice(1)]);
});
