/**
 * State that several processes may share. Two of them pass one contract suite: in memory, and in Redis. What every call
 * asks is answered at once where that can be.
 */
export interface SharedStore {
  /**
   * Takes a place in a sliding window of calls: at most `limit` within any `windowMs`, exactly. Several keys are
   * taken together or not at all. @throws STORE_UNREACHABLE
   */
  take(windows: readonly Window[]): Promise<Taken> | Taken;
  /** A number that stays until the next `bump` and then only grows; never one it had before. @throws STORE_UNREACHABLE */
  generation(key: string): Promise<number>;
  bump(key: string): Promise<number> | number;
  /** Bytes kept under a key until they expire or make room for others. */
  get(key: string): Promise<Buffer | undefined>;
  set(key: string, value: Buffer, ttlMs: number): Promise<void>;
  /** Removes kept bytes whose key begins so; everything without. Returns how many. */
  clear(prefix?: string): Promise<number>;
  /** Of kept bytes whose key begins so; of all without. */
  stats(prefix?: string): Promise<StoreStats>;
  close(): Promise<void>;
}

export interface Window {
  readonly key: string;
  /** Calls. */
  readonly limit: number;
  readonly windowMs: number;
}

export interface Taken {
  readonly isTaken: boolean;
  /** Until a place is free, in milliseconds; 0 when taken. */
  readonly retryAfterMs: number;
  /** Key of the window that is full. */
  readonly fullKey?: string;
}

export interface StoreStats {
  readonly kind: 'memory' | 'redis';
  readonly entries: number;
  readonly bytes: number;
}
