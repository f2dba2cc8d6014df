import { McpctlError } from '../core/errors.ts';
import type { AuditLog } from './audit-log.ts';
import { type AuditPlace, listLogFiles } from './log-files.ts';
import type { LogKeys } from './log-keys.ts';
import { segmentLines } from './segment-lines.ts';
import { createSubjects } from './subjects.ts';

export interface ForgetOptions {
  readonly place: AuditPlace;
  readonly keys: LogKeys;
  /** Name or pseudonym. */
  readonly subject: string;
  readonly log: Pick<AuditLog, 'note'>;
}

export interface Forgotten {
  readonly pseudonym: string;
  /** Calls whose personal fields nobody can read any more. */
  readonly rows: number;
}

/**
 * Deletes the key of a subject: what it sealed is noise from then on, in every copy of the log, and the rows stay as
 * they are, so that the log still verifies. A row says that it was done. Undefined when there is no such subject.
 */
export async function forgetSubject({
  place,
  keys,
  subject,
  log,
}: ForgetOptions): Promise<Forgotten | undefined> {
  const subjects = createSubjects(place, keys);
  const found = await subjects.find(subject);
  if (!found) return undefined;
  const rows = await countRows(place, found.pseudonym);
  await subjects.forget(found);
  await log.note({ kind: 'forgotten', sub: found.pseudonym });
  return { pseudonym: found.pseudonym, rows };
}

export function subjectUnknown(subject: string): McpctlError {
  return new McpctlError(
    'AUDIT_SUBJECT_UNKNOWN',
    `The audit log has nothing of ${JSON.stringify(subject)}.`,
    {
      hint: 'See who there is: mcpctl audit query',
    },
  );
}

async function countRows(place: AuditPlace, pseudonym: string): Promise<number> {
  const member = `"sub":"${pseudonym}"`;
  let rows = 0;
  for (const { path } of (await listLogFiles(place)).segments) {
    for await (const line of segmentLines(path)) if (line.includes(member)) rows += 1;
  }
  return rows;
}
