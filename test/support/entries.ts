import type { EntryStore } from '../../src/secrets/entry-store.ts';

/** Thrown in place of the step at which the process is meant to end. */
export class Crash extends Error {}

/** A keychain's items as Windows keeps them: 1280 UTF-16 units an item, and what is not well-formed is lost. */
export interface FakeEntries extends EntryStore {
  readonly items: Map<string, string>;
  /** Steps until every further one throws `Crash`. */
  stepsLeft: number;
}

export function fakeEntries(): FakeEntries {
  const items = new Map<string, string>();
  const step = (): void => {
    if (entries.stepsLeft === 0) throw new Crash('crashed');
    entries.stepsLeft -= 1;
  };
  const entries: FakeEntries = {
    items,
    stepsLeft: Number.POSITIVE_INFINITY,
    read: async (account) => {
      step();
      return items.get(account) ?? null;
    },
    write: async (account, value) => {
      if (value.length > 1280) throw new Error('too long');
      step();
      items.set(account, Buffer.from(value).toString());
    },
    delete: async (account) => {
      step();
      return items.delete(account);
    },
  };
  return entries;
}
