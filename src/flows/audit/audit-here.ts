import { type AuditPlace, auditPlace } from '../../audit/log-files.ts';
import type { LogKeys } from '../../audit/log-keys.ts';
import { type FoundKeys, findKeys } from '../../audit/open-here.ts';
import type { Context } from '../../cli/context.ts';
import { McpctlError } from '../../core/errors.ts';
import { readSettings } from '../../settings/read.ts';
import type { AuditSettings } from '../../settings/settings.ts';

export interface AuditHere {
  readonly settings: AuditSettings;
  readonly place: AuditPlace;
  keys(place?: AuditPlace): Promise<FoundKeys>;
  /** @throws KEYCHAIN_UNAVAILABLE where the keys cannot be had. */
  neededKeys(place?: AuditPlace): Promise<LogKeys | undefined>;
}

/** The log of the region in force, as the settings have it. */
export async function auditHere(context: Context): Promise<AuditHere> {
  const settings = (await readSettings(context)).settings.audit;
  const place = auditPlace(context.paths, settings.region);
  const keys = async (where = place): Promise<FoundKeys> => await findKeys(context, where, settings);
  return {
    settings,
    place,
    keys,
    async neededKeys(where = place) {
      const found = await keys(where);
      if ('mac' in found) return found;
      if (found.unsealed !== 'KEYCHAIN_UNAVAILABLE') return undefined;
      throw new McpctlError(
        'KEYCHAIN_UNAVAILABLE',
        'The key of the audit log is in the keychain, which does not answer.',
        {
          hint: 'mcpctl doctor',
        },
      );
    },
  };
}

/** @throws AUDIT_HELD */
export function refuseWhenHeld({ hold }: AuditSettings, what: string): void {
  if (!hold) return;
  throw new McpctlError('AUDIT_HELD', `A legal hold is on, so nothing is ${what}.`, {
    hint: 'When it is over: mcpctl audit hold off',
  });
}
