import { randomFillSync } from 'node:crypto';

const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);
let used = 0;

/** So many random bytes, at most 64. The system is asked for many at once: each question costs as much as a small hash. */
export function someRandomBytes(count: number): Buffer {
  if (used + count > pool.length) {
    // A new one: what was given out must not change.
    pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES));
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}
