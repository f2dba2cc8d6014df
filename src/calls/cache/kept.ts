/** Something that was kept, and when. */
export interface Kept {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly bytes: Buffer;
}

const HEAD = 8;

export function packKept({ at, bytes }: Kept): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeDoubleBE(at);
  return Buffer.concat([head, bytes]);
}

export function unpackKept(value: Buffer | undefined): Kept | undefined {
  return value && value.length > HEAD
    ? { at: value.readDoubleBE(0), bytes: value.subarray(HEAD) }
    : undefined;
}

/** Clocks of machines that share a store differ: nothing was kept in the future. */
export function ageOf({ at }: Kept, now: number): number {
  return Math.max(0, Math.round(now - at));
}
