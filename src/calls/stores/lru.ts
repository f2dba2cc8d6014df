import { LRUCache } from 'lru-cache';

export interface LruOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly now: () => number;
}

/** Bytes by key; the ones least recently used make room. */
export function openLru({ maxEntries, maxBytes, now }: LruOptions): LRUCache<string, Buffer> {
  return new LRUCache({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: (value, key) => Math.max(1, value.length + key.length),
    // The time of one tick would be taken for the next millisecond otherwise.
    ttlResolution: 0,
    perf: { now },
  });
}
