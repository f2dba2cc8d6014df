import { withUpkeep } from '../../audit/hold-lock.ts';
import { firstDayKept, openAuditLog } from '../../audit/open-here.ts';
import { pruneLog } from '../../audit/prune.ts';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { auditHere, refuseWhenHeld } from './audit-here.ts';

export interface PruneAnswer {
  /** The first day that is kept. */
  readonly before: string;
  readonly removed: readonly string[];
  readonly dryRun: boolean;
}

/** Prunes the log and writes a row that says so. @throws AUDIT_HELD, AUDIT_BROKEN, KEYCHAIN_UNAVAILABLE. */
export async function pruneHere(
  { days, dryRun = false }: { readonly days?: string; readonly dryRun?: boolean },
  context: Context,
): Promise<PruneAnswer> {
  const { settings, place, neededKeys } = await auditHere(context);
  const kept = days === undefined ? settings.retentionDays : Number(days);
  if (!Number.isSafeInteger(kept) || kept < 1) {
    throw new McpctlError('USAGE', `--days ${JSON.stringify(days)} is no count of days.`, {
      hint: '--days 183',
    });
  }
  if (!dryRun) refuseWhenHeld(settings, 'removed');
  const before = firstDayKept(kept, context.now());
  const keys = await neededKeys();
  const removed = await withUpkeep(place, async () => await pruneLog({ place, keys, before, dryRun }));
  if (!dryRun && removed.length > 0) {
    const log = openAuditLog(context, settings, { warn: (line) => context.output.warn(line) });
    await log.note({ kind: 'pruned', before, segments: removed });
    await log.close();
  }
  return { before, removed, dryRun };
}
