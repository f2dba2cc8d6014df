import { expect, test } from 'vitest';
import { type RowBody, rowSchema } from '../../src/audit/row.ts';
import { readLine, writeLine } from '../../src/audit/row-line.ts';
import { canonicalJson } from '../../src/core/canonical-json.ts';

const NOW = new Date('2026-11-30T12:00:00.000Z');
const HEAD = { seq: 6, hash: 'a'.repeat(64) };
const FULL: RowBody = {
  kind: 'call',
  via: 'gateway',
  tenant: 'acme',
  region: 'eu',
  client: 'a "client"',
  clientVersion: '1',
  method: 'tools/call',
  server: 'echo',
  serverVersion: '1.0.0',
  tool: 'échö',
  intent: 'write',
  outcome: 'error',
  errorType: '-32000',
  ms: 1.25,
  attempt: 2,
  cache: 'miss',
  bytesIn: 100,
  bytesOut: 0,
  policy: 'allow a/b',
  fallbackFor: 'a/b',
  answeredBy: 'c/d',
  traceId: 'b'.repeat(32),
  spanId: 'c'.repeat(16),
  corr: 'b'.repeat(32),
  parent: 'd'.repeat(16),
  sub: 'e'.repeat(20),
  argsMac: 'f'.repeat(64),
  pii: 'c2VhbGVk',
};

test('the row of a call is its canonical JSON with every member, and reads back', () => {
  const { line, head } = writeLine(FULL, 's01', HEAD, NOW);
  const { hash, seq } = head;
  const { hash: own, ...row } = JSON.parse(line);

  expect(line).toBe(`${canonicalJson(row).slice(0, -1)},"hash":"${hash}"}\n`);
  expect(row).toMatchObject({ ...FULL, chain: 's01', seq: 7, prev: HEAD.hash, ts: NOW.toISOString() });
  expect(own).toBe(hash);
  expect(rowSchema.parse(JSON.parse(line))).toBeDefined();
  expect(readLine(Buffer.from(line))).toMatchObject({ seq, hash, prev: HEAD.hash });
});

test('members that a call does not have are left out', () => {
  const { line } = writeLine({ ...FULL, tenant: undefined, pii: undefined } as never, 's01', HEAD, NOW);

  expect(line).not.toMatch(/tenant|pii|undefined/);
  expect(readLine(Buffer.from(line))).toMatchObject({ seq: 7 });
});
