import { type Forgotten, forgetSubject, subjectUnknown } from '../../audit/forget.ts';
import { allPlaces, openAuditLog } from '../../audit/open-here.ts';
import type { Context } from '../../cli/context.ts';
import { userName } from '../../platform/user-name.ts';
import { forgetAsked } from '../routing/asked.ts';
import { forgetSaid } from '../routing/said.ts';
import { auditHere, refuseWhenHeld } from './audit-here.ts';

/**
 * Forgets a subject in the logs of all regions.
 * @throws AUDIT_HELD, AUDIT_SUBJECT_UNKNOWN, KEYCHAIN_UNAVAILABLE.
 */
export async function forgetEverywhere(
  subject: string,
  context: Context,
): Promise<{ forgotten: Forgotten[]; rows: number }> {
  const { settings, neededKeys } = await auditHere(context);
  refuseWhenHeld(settings, 'forgotten');
  const log = openAuditLog(context, settings, { warn: (line) => context.output.warn(line) });
  try {
    const forgotten: Forgotten[] = [];
    for (const place of await allPlaces(context.paths)) {
      const keys = await neededKeys(place);
      const done = keys && (await forgetSubject({ place, keys, subject, log }));
      if (done) forgotten.push(done);
    }
    // What somebody said of tools is kept for the user of this machine alone.
    if (subject === userName(context.env)) {
      await forgetSaid(context.paths);
      await forgetAsked(context.paths);
    }
    if (forgotten.length === 0) throw subjectUnknown(subject);
    return { forgotten, rows: forgotten.reduce((sum, { rows }) => sum + rows, 0) };
  } finally {
    await log.close();
  }
}
