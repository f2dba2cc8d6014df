import { type Flaw, readListing } from './read-listing.ts';
import type { RefreshedRow } from './row.ts';

export interface FeedCounts {
  /** Entries that were given out, broken ones among them. */
  readonly entries: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Entries of a server that came before in the same list. */
  readonly duplicates: number;
  /** Versions that are not the latest. */
  readonly older: number;
  /** Deleted ones in a list that need not have any, or of servers nobody kept. */
  readonly deleted: number;
  /** Servers nothing can be added of, such as NuGet packages alone. */
  readonly unusable: number;
  /** Servers beyond the most that are kept. */
  readonly leftOff: number;
  readonly broken: number;
  readonly examples: readonly { readonly name: string; readonly flaw: Flaw }[];
}

/** Rows of one registry while its list is read. */
export interface Taking {
  take(entries: readonly unknown[]): void;
  /** By name in lower case. */
  readonly rows: ReadonlyMap<string, RefreshedRow>;
  counts(): FeedCounts;
  /** The latest change of any entry, ISO 8601. */
  newest(): string | undefined;
}

const MOST_ROWS = 100_000;
const MOST_EXAMPLES = 5;

/** @param kept What was there before, where only changes are read. */
export function takeEntries(
  { isOwn }: { readonly isOwn: boolean },
  kept: ReadonlyMap<string, RefreshedRow> = new Map(),
): Taking {
  const rows = new Map(kept);
  const given = new Set<string>();
  const examples: { name: string; flaw: Flaw }[] = [];
  const sums = {
    entries: 0,
    added: 0,
    changed: 0,
    removed: 0,
    duplicates: 0,
    older: 0,
    deleted: 0,
    unusable: 0,
    leftOff: 0,
    broken: 0,
  };
  let newest: string | undefined;

  const keep = (key: string, row: RefreshedRow): void => {
    const before = rows.get(key);
    if (given.has(key)) {
      sums.duplicates += 1;
      if (before && (before.updatedAt ?? '') > (row.updatedAt ?? '')) return;
      rows.set(key, row);
      return;
    }
    if (!before && rows.size >= MOST_ROWS) {
      sums.leftOff += 1;
      return;
    }
    given.add(key);
    if (!before) sums.added += 1;
    else if (JSON.stringify(before) !== JSON.stringify(row)) sums.changed += 1;
    rows.set(key, row);
  };
  const takeOne = (entry: unknown): void => {
    sums.entries += 1;
    const read = readListing(entry, { isOwn });
    if (read.kind === 'broken') {
      sums.broken += 1;
      if (examples.length < MOST_EXAMPLES) examples.push({ name: read.name, flaw: read.flaw });
      return;
    }
    if (read.updatedAt !== undefined && read.updatedAt > (newest ?? '')) newest = read.updatedAt;
    const key = read.name.toLowerCase();
    if (read.kind === 'row') {
      if (read.isLatest) keep(key, read.row);
      else sums.older += 1;
      return;
    }
    sums[read.kind] += 1;
    // What came in this very list is a later version.
    if (!given.has(key) && rows.delete(key)) sums.removed += 1;
  };
  return {
    rows,
    take: (entries) => entries.forEach(takeOne),
    counts: () => ({ ...sums, examples }),
    newest: () => newest,
  };
}
