import { canonicalJson } from '../../core/canonical-json.ts';
import { LISTS, type ListName, type Offer } from './offer.ts';
import type { OfferFile } from './offer-file.ts';
import type { Seat } from './seat.ts';

/** What one server offers, as far as it is known; asks it again when that is out of date. */
export interface OfferBook {
  /** Settles when what an earlier process kept was read. */
  readonly ready: Promise<void>;
  /** For a seat of its own, until that was listed, what others of its audience were offered. */
  known(seat: Seat): Offer | undefined;
  /** It may have changed since it was listed, or this process has not listed it. */
  isStale(seat: Seat): boolean;
  /** Lists anew; callers at the same time share the work. @throws what the server throws. */
  refresh(seat: Seat, names?: readonly ListName[]): Promise<Offer>;
  /** The lists of these seats must not be trusted until they were listed anew. */
  distrust(names: readonly ListName[], isConcerned: (seat: Seat) => boolean): readonly Seat[];
  forget(seat: Seat): void;
  /** Settles when what is known is on the disk. */
  kept(): Promise<void>;
}

export interface OfferBookOptions {
  readonly file: OfferFile;
  list(seat: Seat, names: readonly ListName[], before: Offer | undefined): Promise<Offer>;
  /** Called when lists turn out other than known; all that have items when nothing was known. */
  changed(seat: Seat, names: readonly ListName[]): void;
}

/** Principals come and go, and their lists are large. */
const MOST_AUDIENCES = 32;

interface Entry {
  readonly seat: Seat;
  /** Listed by this process. */
  offer?: Offer;
  readonly stale: Set<ListName>;
  running?: Promise<Offer>;
}

export function createOfferBook({ file, list, changed }: OfferBookOptions): OfferBook {
  const entries = new Map<string, Entry>();
  /** By audience: the last offer of this or an earlier process. */
  const last = new Map<string, Offer>();
  let writing: Promise<void> = Promise.resolve();
  const ready = file.read().then((kept) => {
    for (const [audience, offer] of kept) if (!last.has(audience)) last.set(audience, offer);
  });

  const entryOf = (seat: Seat): Entry => {
    const key = seat.kind === 'own' ? seat.key : seat.audience;
    const known = entries.get(key);
    if (known) return known;
    const entry: Entry = { seat, stale: new Set() };
    entries.set(key, entry);
    return entry;
  };
  const known = (seat: Seat): Offer | undefined => entryOf(seat).offer ?? last.get(seat.audience);

  const learn = (entry: Entry, offer: Offer): void => {
    const { seat } = entry;
    const before = known(seat);
    entry.offer = offer;
    const names = LISTS.filter((name) =>
      before ? !isSame(before.lists[name], offer.lists[name]) : offer.lists[name].length > 0,
    );
    last.delete(seat.audience);
    last.set(seat.audience, offer);
    for (const oldest of [...last.keys()].slice(0, -MOST_AUDIENCES)) last.delete(oldest);
    if (!before || names.length > 0) writing = writing.then(() => file.write(last));
    if (names.length > 0) changed(seat, names);
  };
  const run = async (entry: Entry): Promise<Offer> => {
    let offer = entry.offer;
    do {
      // Only lists this process has seen itself may stay.
      const names = offer ? [...entry.stale] : LISTS;
      entry.stale.clear();
      try {
        offer = await list(entry.seat, names, offer);
      } catch (error) {
        for (const name of names) entry.stale.add(name);
        throw error;
      }
      learn(entry, offer);
    } while (entry.stale.size > 0);
    return offer;
  };

  return {
    ready,
    known,
    isStale(seat) {
      const { offer, stale, running } = entryOf(seat);
      return !offer || stale.size > 0 || running !== undefined;
    },
    refresh(seat, names = LISTS) {
      const entry = entryOf(seat);
      if (!entry.running) {
        for (const name of names) entry.stale.add(name);
        entry.running = run(entry).finally(() => delete entry.running);
        // Whoever waits for it hears of its failure.
        entry.running.catch(() => {});
      }
      return entry.running;
    },
    distrust(names, isConcerned) {
      const concerned = [...entries.values()].filter(({ seat, offer }) => offer && isConcerned(seat));
      for (const { stale } of concerned) for (const name of names) stale.add(name);
      return concerned.map(({ seat }) => seat);
    },
    forget: (seat) => entries.delete(seat.kind === 'own' ? seat.key : seat.audience),
    kept: () => writing,
  };
}

function isSame(before: readonly object[], after: readonly object[]): boolean {
  return before.length === after.length && canonicalJson([...before]) === canonicalJson([...after]);
}
