import { auditPlace } from '../../audit/log-files.ts';
import { makeKeys } from '../../audit/open-here.ts';
import { createSubjects } from '../../audit/subjects.ts';
import type { Context } from '../../cli/context.ts';
import type { Vault } from '../../pipelines/journal/vault.ts';
import { userName } from '../../platform/user-name.ts';
import { readSettings } from '../../settings/read.ts';

/**
 * What journals are sealed with: the key the audit log has for this user, by the same setting (`audit.key`). A text says
 * why there is none.
 */
export async function openVault(context: Context): Promise<Vault | string> {
  const { settings } = await readSettings(context);
  const keys = await makeKeys(context, settings.audit);
  if ('unsealed' in keys) return keys.unsealed;
  return await createSubjects(auditPlace(context.paths, settings.audit.region), keys).of(
    userName(context.env),
  );
}
