import { type Finding, finding } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import type { ManifestState, Situation } from '../situation.ts';

const CODES: Readonly<Record<string, FindingCode>> = {
  DOCUMENT_INVALID: 'MANIFEST_SYNTAX',
  FILE_UNREADABLE: 'MANIFEST_UNREADABLE',
  LOCK_FILE_INVALID: 'LOCK_FILE_INVALID',
  MANIFEST_INVALID: 'MANIFEST_SHAPE',
};

/** What is wrong with one manifest file and its lock. */
export function judgeManifest(state: ManifestState, _situation: Situation): Finding[] {
  return state.failures.map((failure) =>
    finding(CODES[failure.code] ?? 'MANIFEST_UNREADABLE', {
      subject: state.path,
      message: failure.message,
      cause: 'The file was edited by hand or cut off while it was written.',
      ...(failure.hint && {
        fix: { command: failure.hint, description: 'puts the file right', isSafe: false },
      }),
    }),
  );
}
