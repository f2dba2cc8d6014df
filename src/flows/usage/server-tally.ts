import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuditPlace, listLogFiles, type Segment } from '../../audit/log-files.ts';
import { parseRow } from '../../audit/query.ts';
import type { CallRow } from '../../audit/row.ts';
import { segmentLines } from '../../audit/segment-lines.ts';
import { isRecord } from '../../core/json.ts';
import { BOUNDS } from '../../gateway/metrics/metrics.ts';
import { writeFileAtomic } from '../../platform/atomic-write.ts';

/** Calls of one server. */
export interface ServerTally {
  calls: number;
  failed: number;
  /** Those that took at most so long, by the bounds of metrics, and those that took longer. */
  readonly counts: number[];
}

/** What was counted of one segment, up to a byte. */
interface SegmentTally {
  bytes: number;
  readonly servers: Record<string, ServerTally>;
}

const VERSION = 1;
const DAYS = 90;
const DAY_MS = 86_400_000;
/** Read at one time; what is left comes next time, the latest days first. */
const MOST_BYTES = 32 * 1024 * 1024;
/** Of one segment; further servers are not counted. */
const MOST_SERVERS = 500;

/**
 * Calls of the last ninety days by server, without who made them. Only what the log gained since the last time is
 * read; what was counted is kept, for its owner alone. Damaged lines are passed over, and a cache that cannot be used
 * or written costs time alone.
 */
export async function tallyServers(
  place: AuditPlace,
  { cache, now }: { readonly cache: string; readonly now: Date },
): Promise<Map<string, ServerTally>> {
  const path = join(cache, 'usage-tally.json');
  const first = new Date(now.getTime() - DAYS * DAY_MS).toISOString().slice(0, 10);
  const segments = (await listLogFiles(place)).segments.filter(({ day }) => day >= first).reverse();
  const kept = await readTally(path, place.folder);
  const counted: Record<string, SegmentTally> = {};
  let budget = MOST_BYTES;
  let hasNews = false;
  for (const segment of segments) {
    const tally = kept[segment.name] ?? { bytes: 0, servers: {} };
    const before = tally.bytes;
    budget = await readOn(segment, tally, budget);
    hasNews ||= tally.bytes !== before;
    counted[segment.name] = tally;
  }
  if (hasNews) {
    const text = JSON.stringify({ version: VERSION, folder: place.folder, segments: counted });
    await writeFileAtomic(path, text, { exactMode: 0o600 }).catch(() => {});
  }
  return sumOf(Object.values(counted));
}

async function readTally(path: string, folder: string): Promise<Record<string, SegmentTally>> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    const isUsable =
      isRecord(value) && value.version === VERSION && value.folder === folder && isRecord(value.segments);
    return isUsable ? (value.segments as Record<string, SegmentTally>) : {};
  } catch {
    return {};
  }
}

/** Counts what is new of a segment; returns what is left of the bytes that may be read. */
async function readOn(segment: Segment, tally: SegmentTally, budget: number): Promise<number> {
  const size = await stat(segment.path).then(
    (found) => found.size,
    () => 0,
  );
  let left = budget;
  if (size <= tally.bytes || left <= 0) return left;
  for await (const line of segmentLines(segment.path, tally.bytes)) {
    // The last one may be half written.
    if (line.at(-1) !== NEWLINE) break;
    tally.bytes += line.length;
    left -= line.length;
    const row = parseRow(line);
    if (row?.kind === 'call') count(row, tally.servers);
    if (left <= 0) break;
  }
  return left;
}

const NEWLINE = 0x0a;

function count({ server, outcome, ms }: CallRow, servers: SegmentTally['servers']): void {
  let tally = Object.hasOwn(servers, server) ? servers[server] : undefined;
  if (!tally) {
    if (Object.keys(servers).length >= MOST_SERVERS) return;
    tally = { calls: 0, failed: 0, counts: new Array<number>(BOUNDS.length + 1).fill(0) };
    servers[server] = tally;
  }
  tally.calls += 1;
  if (outcome !== 'ok') tally.failed += 1;
  const bucket = BOUNDS.findIndex((bound) => ms / 1000 <= bound);
  const at = bucket === -1 ? BOUNDS.length : bucket;
  tally.counts[at] = (tally.counts[at] ?? 0) + 1;
}

function sumOf(segments: readonly SegmentTally[]): Map<string, ServerTally> {
  const sums = new Map<string, ServerTally>();
  for (const { servers } of segments) {
    for (const [server, { calls, failed, counts }] of Object.entries(servers)) {
      const sum = sums.get(server);
      if (!sum) {
        sums.set(server, { calls, failed, counts: [...counts] });
        continue;
      }
      sum.calls += calls;
      sum.failed += failed;
      for (const [at, many] of counts.entries()) sum.counts[at] = (sum.counts[at] ?? 0) + many;
    }
  }
  return sums;
}
