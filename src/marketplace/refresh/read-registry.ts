import { McpctlError } from '../../core/errors.ts';
import type { Fetch } from '../../platform/fetch.ts';
import { type FeedEnd, readFeed } from './read-feed.ts';
import type { Kept } from './refresh-files.ts';
import type { RefreshedRow, RefreshedSource } from './row.ts';
import { type FeedCounts, type Taking, takeEntries } from './take-entries.ts';

/** A registry to read. */
export interface ReadableRegistry {
  readonly name: string;
  /** Without a slash at the end. */
  readonly url: string;
  readonly namespaces: readonly string[];
  readonly isOwn: boolean;
  token(): Promise<string | undefined>;
}

export interface ReadOptions {
  /** Names of those that are read now; all without it. The others stay as they are known. */
  readonly only?: ReadonlySet<string>;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
  readonly now: () => Date;
  /** Read everything, not only what changed. */
  readonly isFull: boolean;
  pause(milliseconds: number): Promise<void>;
  /** Told with each page, and before each wait. */
  progress(text: string): void;
}

export interface SourceReport extends Partial<FeedCounts> {
  readonly name: string;
  readonly url: string;
  readonly isOwn: boolean;
  /** `kept`: it was not asked. `failed`: it did not answer, and what was known of it stays. */
  readonly outcome: 'read' | 'updated' | 'unchanged' | 'failed' | 'kept';
  readonly pages: number;
  /** Servers of it that are known. */
  readonly servers: number;
  readonly deprecated: number;
  /** When it answered last. */
  readonly readAt?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** After that deleted versions nobody told of are found by reading all of it again. */
const FULL_AFTER_MS = 7 * 86_400_000;
/** Entries that changed while their list was read come again. */
const OVERLAP_MS = 5 * 60_000;

export interface RegistryResult {
  readonly report: SourceReport;
  /** Absent where nothing is known of the registry. */
  readonly source?: RefreshedSource;
  readonly rows: ReadonlyMap<string, RefreshedRow>;
}

/**
 * Reads one registry: what changed since it was read last, where it can tell. One that fails keeps what was known.
 * @throws CANCELLED
 */
export async function readRegistry(
  registry: ReadableRegistry,
  kept: Kept | undefined,
  options: ReadOptions,
): Promise<RegistryResult> {
  const before = kept?.sources.find(({ url }) => url === registry.url);
  const rows = kept?.rows.get(registry.url) ?? new Map<string, RefreshedRow>();
  if (options.only && !options.only.has(registry.name)) {
    return stays(registry, before, rows, { outcome: 'kept' });
  }
  try {
    return await read(registry, before, rows, options);
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code === 'CANCELLED') throw error;
    const { code, message, hint } = error;
    const told = { code, message, ...(hint !== undefined && { hint }) };
    return stays(registry, before, rows, { outcome: 'failed', error: told });
  }
}

function stays(
  registry: ReadableRegistry,
  before: RefreshedSource | undefined,
  rows: ReadonlyMap<string, RefreshedRow>,
  why: Pick<SourceReport, 'outcome' | 'error'>,
): RegistryResult {
  const { name, url, isOwn, namespaces } = registry;
  return {
    report: {
      name,
      url,
      isOwn,
      pages: 0,
      ...why,
      ...sizesOf(rows),
      ...(before && { readAt: before.readAt }),
    },
    rows,
    ...(before && { source: { ...before, name, isOwn, namespaces } }),
  };
}

async function read(
  registry: ReadableRegistry,
  before: RefreshedSource | undefined,
  rows: ReadonlyMap<string, RefreshedRow>,
  options: ReadOptions,
): Promise<RegistryResult> {
  const { now, isFull } = options;
  const isOld = before !== undefined && now().getTime() - Date.parse(before.fullAt) > FULL_AFTER_MS;
  const changes = isFull || isOld ? undefined : before;
  const since = changes?.since;
  const startedAt = now().toISOString();
  const taking = takeEntries(registry, since === undefined ? undefined : rows);
  try {
    const end = await follow(registry, taking, changes, options);
    return resultOf(registry, { changes, rows, taking, end, startedAt });
  } catch (error) {
    // It cannot tell what changed: then all of it is read.
    if (since === undefined || !(error instanceof McpctlError) || error.data?.status !== 400) throw error;
    return await read(registry, undefined, rows, options);
  }
}

interface Followed {
  /** What it was asked by; absent where all was read. */
  readonly changes: RefreshedSource | undefined;
  /** What was known before. */
  readonly rows: ReadonlyMap<string, RefreshedRow>;
  readonly taking: Taking;
  readonly end: FeedEnd;
  readonly startedAt: string;
}

function resultOf(registry: ReadableRegistry, followed: Followed): RegistryResult {
  const { changes, rows, taking, end, startedAt } = followed;
  const { name, url, isOwn, namespaces } = registry;
  const since = changes?.since;
  const result = end.isUnchanged ? rows : taking.rows;
  const counts = taking.counts();
  const isStill = end.isUnchanged || (since === undefined ? isAlike(rows, result) : changesIn(counts) === 0);
  const nextSince = since !== undefined && isStill ? since : sinceOf(taking, end.date ?? startedAt);
  // The tag of one page says nothing of others, and belongs to one question.
  const isSameQuestion = end.pages === 1 && nextSince === since;
  const etag = end.isUnchanged ? changes?.etag : isSameQuestion ? end.etag : undefined;
  const outcome = isStill ? 'unchanged' : since === undefined ? 'read' : 'updated';
  return {
    rows: result,
    report: {
      name,
      url,
      isOwn,
      outcome,
      pages: end.pages,
      ...counts,
      ...sizesOf(result),
      readAt: startedAt,
    },
    source: {
      name,
      url,
      isOwn,
      namespaces,
      readAt: startedAt,
      fullAt: since === undefined ? startedAt : (changes?.fullAt ?? startedAt),
      ...(nextSince !== undefined && { since: nextSince }),
      ...(etag !== undefined && { etag }),
    },
  };
}

function changesIn({ added, changed, removed }: FeedCounts): number {
  return added + changed + removed;
}

async function follow(
  registry: ReadableRegistry,
  taking: Taking,
  changes: RefreshedSource | undefined,
  { fetch, signal, pause, progress }: ReadOptions,
): Promise<FeedEnd> {
  const token = await registry.token();
  let entries = 0;
  return await readFeed({
    url: registry.url,
    fetch,
    signal,
    pause,
    ...(token !== undefined && { token }),
    ...(changes?.since !== undefined && { since: changes.since }),
    ...(changes?.etag !== undefined && { etag: changes.etag }),
    take(page) {
      taking.take(page);
      entries += page.length;
      progress(`${registry.name}: ${entries} entries read`);
    },
    waits: (milliseconds) =>
      progress(`${registry.name} asks to wait ${Math.ceil(milliseconds / 1000)} s; ${entries} entries read`),
  });
}

function sinceOf(taking: Taking, date: string): string | undefined {
  const newest = taking.newest();
  if (newest === undefined) return undefined;
  const safe = new Date(Date.parse(date) - OVERLAP_MS).toISOString();
  return newest < safe ? newest : safe;
}

function isAlike(one: ReadonlyMap<string, RefreshedRow>, other: ReadonlyMap<string, RefreshedRow>): boolean {
  if (one.size !== other.size) return false;
  for (const [key, row] of one) if (JSON.stringify(row) !== JSON.stringify(other.get(key))) return false;
  // Nothing was known of one that is read for the first time.
  return one.size > 0;
}

function sizesOf(rows: ReadonlyMap<string, RefreshedRow>): Pick<SourceReport, 'servers' | 'deprecated'> {
  let deprecated = 0;
  for (const { status } of rows.values()) if (status === 'deprecated') deprecated += 1;
  return { servers: rows.size, deprecated };
}
