import { canonicalJson } from '../core/canonical-json.ts';
import type { Json } from '../core/json.ts';
import type { AuditPlace } from './log-files.ts';
import type { LogKeys } from './log-keys.ts';
import type { CallRow } from './row.ts';
import { createSubjects, type Subject } from './subjects.ts';

/** Fields about a person; without keys none of them is kept. */
export interface Personal {
  readonly user: string;
  readonly args?: Json;
  readonly result?: Json;
}

/** What a row holds of a person; nothing without keys. */
export type SealedFields = Pick<CallRow, 'sub' | 'argsMac' | 'pii'>;

interface PersonalCall {
  readonly corr: string;
  readonly personal: Personal;
}

/** Replaces personal fields by a pseudonym, a digest and a sealed text. */
export interface Protection {
  /** Undefined when the key of that person has to be looked for. */
  now(call: PersonalCall): SealedFields | undefined;
  later(call: PersonalCall): Promise<SealedFields>;
}

export const NO_PROTECTION: Protection = { now: () => ({}), later: async () => ({}) };

export interface ProtectionOptions {
  readonly place: AuditPlace;
  readonly keys: LogKeys;
  /** Whether arguments and results are kept. */
  readonly payloads: boolean;
  readonly now: () => Date;
}

/** Larger payloads are left out, and their size is kept. */
const LARGEST_TEXT = 16 * 1024;

/** How long a running process may go on with the key of somebody who was forgotten, in milliseconds. */
const FORGET_WITHIN_MS = 5_000;

interface Known {
  readonly looking: Promise<Subject>;
  readonly checkedAt: number;
  /** Found. */
  subject?: Subject;
  /** Their name alone, sealed. */
  name?: string;
}

export function createProtection({ place, keys, payloads, now }: ProtectionOptions): Protection {
  const subjects = createSubjects(place, keys);
  const known = new Map<string, Known>();
  const renew = async (name: string, before: Promise<Subject> | undefined): Promise<Subject> => {
    const subject = await before?.catch(() => undefined);
    return subject && !(await subjects.isForgotten(subject)) ? subject : await subjects.of(name);
  };
  const knownOf = (name: string): Known => {
    const checkedAt = now().getTime();
    const cached = known.get(name);
    if (cached && checkedAt - cached.checkedAt < FORGET_WITHIN_MS) return cached;
    const looking = renew(name, cached?.looking);
    const found: Known = { looking, checkedAt };
    known.set(name, found);
    looking.then(
      (subject) => {
        found.subject = subject;
      },
      () => known.delete(name),
    );
    return found;
  };
  const sealed = (found: Known, subject: Subject, { corr, personal }: PersonalCall): string => {
    const { user, args, result } = personal;
    if (!payloads) {
      found.name ??= subject.seal(JSON.stringify({ user }), subject.pseudonym);
      return found.name;
    }
    const whole = JSON.stringify({ user, args, result });
    return subject.seal(
      whole.length <= LARGEST_TEXT ? whole : JSON.stringify({ user, tooLarge: whole.length }),
      corr,
    );
  };
  const fieldsOf = (found: Known, subject: Subject, call: PersonalCall): SealedFields => {
    const { args } = call.personal;
    return {
      sub: subject.pseudonym,
      ...(args !== undefined && { argsMac: subject.digest(canonicalJson(args)) }),
      pii: sealed(found, subject, call),
    };
  };
  return {
    now(call) {
      const found = knownOf(call.personal.user);
      return found.subject && fieldsOf(found, found.subject, call);
    },
    async later(call) {
      const found = knownOf(call.personal.user);
      return fieldsOf(found, await found.looking, call);
    },
  };
}

/**
 * JSON text of the personal fields of a row; undefined when it was sealed with another key, or changed. A name alone is
 * sealed once for many rows, and bound to its pseudonym; all else is bound to the row.
 */
export function personalOf(
  subject: Subject,
  { pii, corr }: Pick<CallRow, 'pii' | 'corr'>,
): string | undefined {
  if (pii === undefined) return undefined;
  return subject.unseal(pii, corr) ?? subject.unseal(pii, subject.pseudonym);
}
