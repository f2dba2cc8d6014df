import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystemError, McpctlError } from '../core/errors.ts';
import { writeFileAtomic } from '../platform/atomic-write.ts';
import { syncFolder } from '../platform/sync-folder.ts';
import { findTail } from './chain-tail.ts';
import { holdChain } from './hold-lock.ts';
import { type AuditPlace, checkpointPath, listLogFiles, type Segment } from './log-files.ts';
import type { LogKeys } from './log-keys.ts';
import { readRecord, sealedRecord } from './sealed-record.ts';

export interface PruneOptions {
  readonly place: AuditPlace;
  readonly keys: LogKeys | undefined;
  /** The first day that is kept, `2026-05-23`. */
  readonly before: string;
  readonly dryRun: boolean;
}

/**
 * Removes whole days before a day, and writes down how far each chain went, so that what is left verifies. The last
 * segment of a chain that a process holds stays, and so do sealed chains without the keys. Returns the names removed;
 * the caller keeps verifying away.
 * @throws AUDIT_BROKEN for a chain whose rows at the border cannot be read.
 */
export async function pruneLog({ place, keys, before, dryRun }: PruneOptions): Promise<string[]> {
  const { segments, chains } = await listLogFiles(place);
  const removed: string[] = [];
  for (const chain of chains) {
    const own = segments.filter((segment) => segment.chain === chain);
    const expired = own.filter(({ day }) => day < before);
    // The checkpoint of a sealed chain needs the key.
    if (expired.length === 0 || (chain.startsWith('s') && !keys)) continue;
    const release = expired.length < own.length ? undefined : await holdChain(place, chain);
    try {
      const gone = expired.length < own.length || release ? expired : expired.slice(0, -1);
      if (!dryRun) await removeSegments(place, gone, keys);
      removed.push(...gone.map(({ name }) => name));
    } finally {
      await release?.();
    }
  }
  if (!dryRun) await removeQuarantined(place, before);
  return removed;
}

async function removeSegments(
  place: AuditPlace,
  gone: readonly Segment[],
  keys: LogKeys | undefined,
): Promise<void> {
  const [first] = gone;
  if (!first) return;
  const tail = await findTail(gone);
  if (typeof tail === 'string' || !tail.last) {
    const what = typeof tail === 'string' ? tail : `${first.name}: there is no row in it`;
    throw new McpctlError('AUDIT_BROKEN', `Nothing of chain ${first.chain} was removed. ${what}.`, {
      hint: 'mcpctl audit verify',
    });
  }
  const path = checkpointPath(place, first.chain);
  const known = await readRecord(path, 'pruned', first.chain, keys);
  // First: days that are gone without it would look like days somebody took. It never goes back.
  if (known === 'absent' || 'flaw' in known || known.seq < tail.last.head.seq) {
    await writeFileAtomic(path, sealedRecord('pruned', first.chain, tail.last.head, keys));
  }
  for (const segment of gone) await rm(segment.path, { force: true });
  await syncFolder(place.folder);
}

async function removeQuarantined({ folder }: AuditPlace, before: string): Promise<void> {
  const home = join(folder, 'quarantine');
  const names = await readdir(home).catch((error: unknown) => {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  });
  for (const name of names) {
    const { mtime } = await stat(join(home, name));
    if (mtime.toISOString() < before) await rm(join(home, name), { force: true });
  }
}
