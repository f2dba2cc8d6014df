import { expect, test } from 'vitest';
import type { EntryStore } from '../../src/secrets/entry-store.ts';
import {
  deleteValue,
  type Generation,
  type Journal,
  readValue,
  sweep,
  writeValue,
} from '../../src/secrets/keychain-layout.ts';

/** Ends the "process" after a number of steps; state written before stays, as after a crash. */
class Crash extends Error {}

interface World {
  readonly items: Map<string, string>;
  readonly notes: Map<string, Generation[]>;
  stepsLeft: number;
}

function world(): World {
  return { items: new Map(), notes: new Map(), stepsLeft: Number.POSITIVE_INFINITY };
}

function step(state: World): void {
  if (state.stepsLeft === 0) throw new Crash('crashed');
  state.stepsLeft -= 1;
}

/** As Windows: 1280 UTF-16 units an item, and what is not well-formed is lost. */
function entriesOf(state: World): EntryStore {
  return {
    read: async (account) => {
      step(state);
      return state.items.get(account) ?? null;
    },
    write: async (account, value) => {
      if (value.length > 1280) throw new Error('too long');
      step(state);
      state.items.set(account, Buffer.from(value).toString());
    },
    delete: async (account) => {
      step(state);
      return state.items.delete(account);
    },
  };
}

function journalOf(state: World): Journal {
  return {
    begin: async (account, generations) => {
      step(state);
      state.notes.set(account, [...(state.notes.get(account) ?? []), ...generations]);
    },
    remembered: async (account) => state.notes.get(account) ?? [],
    end: async (account) => {
      step(state);
      state.notes.delete(account);
    },
  };
}

const SHORT = 'short-value';
const LONG = `${'x'.repeat(1198)}😀😀${'y'.repeat(2500)}`;
const OTHER_LONG = 'z"\n'.repeat(1500);

async function read(state: World): Promise<string | null> {
  state.stepsLeft = Number.POSITIVE_INFINITY;
  return await readValue({ entries: entriesOf(state), account: 'K' });
}

test('cuts long values into items every platform takes, never inside a surrogate pair', async () => {
  for (let shift = 0; shift < 6; shift += 1) {
    const state = world();
    const value = `${'x'.repeat(shift)}${'😀'.repeat(2000)}`;

    await writeValue({ entries: entriesOf(state), account: 'K' }, value, journalOf(state));

    expect(Math.max(...[...state.items.values()].map((item) => item.length))).toBeLessThanOrEqual(1200);
    expect(await read(state)).toBe(value);
  }
});

test('keeps a long value in one item where items may be long, also one that was cut before', async () => {
  const state = world();
  await writeValue({ entries: entriesOf(state), account: 'K' }, LONG, journalOf(state));
  const roomy = { entries: { ...entriesOf(state), largestItem: 32_768 }, account: 'K' };
  roomy.entries.write = async (account, value) => void state.items.set(account, value);

  expect(await readValue(roomy)).toBe(LONG);
  await writeValue(roomy, OTHER_LONG, journalOf(state));

  expect(await read(state)).toBe(OTHER_LONG);
  expect([...state.items.keys()]).toEqual(['K']);
});

test.each([
  ['short to long', SHORT, LONG],
  ['long to short', LONG, SHORT],
  ['long to long', LONG, OTHER_LONG],
  ['nothing to long', null, LONG],
  ['short to short', SHORT, 'next'],
])('a crash at any step leaves the old value or the new: %s', async (_, old, next) => {
  let crashes = 0;
  for (let steps = 0; ; steps += 1) {
    const state = world();
    const place = { entries: entriesOf(state), account: 'K' };
    if (old !== null) await writeValue(place, old, journalOf(state));
    state.stepsLeft = steps;
    const finished = await writeValue(place, next, journalOf(state)).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof Crash)) throw error;
        return false;
      },
    );

    expect([old, next]).toContain(await read(state));
    await sweep(place, journalOf(state));
    expect([old, next]).toContain(await read(state));
    // Whatever the crash left behind is gone: a head, and the chunks it names.
    const head = JSON.parse(state.items.get('K') ?? '{"chunks":-1}') as { chunks?: number };
    expect(state.items.size).toBe((head.chunks ?? 0) + 1);
    if (finished) {
      expect(await read(state)).toBe(next);
      break;
    }
    crashes += 1;
  }
  expect(crashes).toBeGreaterThan(1);
});

test('a crash while deleting leaves the whole value or none, and no chunks after the next sweep', async () => {
  for (let steps = 0; ; steps += 1) {
    const state = world();
    const place = { entries: entriesOf(state), account: 'K' };
    await writeValue(place, LONG, journalOf(state));
    state.stepsLeft = steps;
    const existed = await deleteValue(place, journalOf(state)).catch(() => undefined);

    const left = await read(state);
    expect([LONG, null]).toContain(left);
    await sweep(place, journalOf(state));
    if (left === null) expect(state.items.size).toBe(0);
    if (existed !== undefined) {
      expect(existed).toBe(true);
      break;
    }
  }
});

test('reports a missing, cut or foreign part as corrupt instead of returning less', async () => {
  const damage: ((items: Map<string, string>, chunk: string) => void)[] = [
    (items, chunk) => items.delete(chunk),
    (items, chunk) => items.set(chunk, items.get(chunk)?.slice(1) ?? ''),
    (items) => items.set('K', 'typed in by hand'),
    (items) => items.set('K', '{"v":2}'),
  ];
  for (const apply of damage) {
    const state = world();
    await writeValue({ entries: entriesOf(state), account: 'K' }, LONG, journalOf(state));
    apply(state.items, [...state.items.keys()].find((account) => account.endsWith('#1')) ?? '');

    await expect(read(state)).rejects.toMatchObject({ code: 'SECRET_CORRUPT', data: { name: 'K' } });
  }
});

test('a reader meeting a replacement half-way gets the new value', async () => {
  const state = world();
  const entries = entriesOf(state);
  await writeValue({ entries, account: 'K' }, LONG, journalOf(state));
  let replaced = false;
  const racing: EntryStore = {
    ...entries,
    read: async (account) => {
      if (account.endsWith('#1') && !replaced) {
        replaced = true;
        await writeValue({ entries, account: 'K' }, OTHER_LONG, journalOf(state));
      }
      return await entries.read(account);
    },
  };

  expect(await readValue({ entries: racing, account: 'K' })).toBe(OTHER_LONG);
});
