export interface OrderedGate {
  /**
   * Passes bytes on at once, or, when they or others before them have to wait, after that and in order. `wait` must
   * not reject: what comes after it would never leave.
   */
  pass(bytes: Buffer, wait: Promise<Buffer | undefined> | undefined): void;
  /** Settles when nothing waits any more. */
  idle(): Promise<void>;
}

/** Messages leave in the order they came, also when one of them has to wait; what it waits for may replace it. */
export function createOrderedGate(write: (bytes: Buffer) => void): OrderedGate {
  let waiting = 0;
  let last = Promise.resolve();
  return {
    pass(bytes, wait) {
      if (!wait && waiting === 0) {
        write(bytes);
        return;
      }
      waiting += 1;
      last = last.then(async () => {
        const instead = await wait;
        waiting -= 1;
        write(instead ?? bytes);
      });
    },
    idle: async () => await last,
  };
}
