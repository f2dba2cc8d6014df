import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);
let used = 0;

/** So many random bytes, at most 64. The system is asked for many at once: each question costs as much as a small hash. */
export function someRandomBytes(count: number): Buffer {
  const start = take(count);
  return pool.subarray(start, start + count);
}

/** The same in hexadecimal digits, two a byte. */
export function someRandomHex(count: number): string {
  const start = take(count);
  return pool.toString('hex', start, start + count);
}

/** Where in the pool they begin. */
function take(count: number): number {
  if (used + count > pool.length) {
    // A new one: what was given out must not change.
    pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
    used = 0;
  }
  used += count;
  return used - count;
}
