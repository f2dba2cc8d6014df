import type { DriftFinding } from '../../../clients/drift.ts';
import type { ClientCheck, ClientExam, ExaminedFile } from '../../client-check.ts';
import { resync } from '../../client-survey.ts';
import { type Finding, finding } from '../../finding.ts';
import { FINDING_CODES, type FindingCode } from '../../finding-codes.ts';

const CAUSES: Partial<Record<FindingCode, string>> = {
  CLIENT_ENTRY_CONFLICT: 'An entry of that name stood there before, or somebody replaced it.',
  CLIENT_ENTRY_EDITED: 'Somebody, or the client itself, edited it.',
  CLIENT_ENTRY_LEFTOVER: 'The server was removed from the manifest by hand.',
  CLIENT_ENTRY_MISSING: 'The client wrote its file from memory, or somebody deleted the entry.',
  CLIENT_ENTRY_STALE: 'Node or mcpctl was updated, moved or removed.',
  CLIENT_ENTRY_UNSYNCED: 'mcpctl sync was not run since the server was added.',
  CLIENT_FILE_AMBIGUOUS: 'An older version of the client kept its file there.',
};

/** The file check speaks about these, with the place in the file. */
const OF_THE_FILE = new Set([
  'CLIENT_FILE_BROKEN',
  'CLIENT_FILE_SHAPE',
  'CLIENT_FILE_UNREADABLE',
  'FILE_UNREADABLE',
  'DOCUMENT_INVALID',
]);
/** Writing managed entries again loses nothing that was not ours. */
const MENDED_BY_SYNC = new Set([
  'CLIENT_ENTRY_EDITED',
  'CLIENT_ENTRY_MISSING',
  'CLIENT_ENTRY_STALE',
  'CLIENT_ENTRY_UNSYNCED',
]);

export const drift: ClientCheck = {
  id: 'drift',
  async run(exam) {
    return exam.files.flatMap((file) => [
      ...file.drift.flatMap((found) => report(found, file, exam)),
      ...running(file, exam),
    ]);
  },
};

function report(
  found: DriftFinding,
  { plan }: ExaminedFile,
  { client, survey, situation }: ClientExam,
): Finding[] {
  const { code, message, severity, path } = found;
  if (OF_THE_FILE.has(code) || !isFindingCode(code)) return [];
  // A client that never was synced is the user's choice, not a fault.
  const wasSynced = Object.hasOwn(survey.record, path);
  const isNews = code === 'CLIENT_ENTRY_UNSYNCED' && !wasSynced;
  const isMendable = MENDED_BY_SYNC.has(code) && wasSynced && !plan.isBlocked;
  return [
    finding(code, {
      subject: client.id,
      severity: isNews ? 'info' : severity,
      message,
      cause: CAUSES[code] ?? FINDING_CODES[code].meaning,
      fix: {
        command: found.hint ?? `mcpctl sync --client ${client.id}`,
        description: 'brings the file in line with the manifest, after a backup',
        isSafe: isMendable,
        ...(isMendable && { apply: () => resync(situation.machine, [client.id]) }),
      },
    }),
  ];
}

/** Only when there is something to write: a client that runs is no fault by itself. */
function running({ plan }: ExaminedFile, { client }: ClientExam): Finding[] {
  return plan.problems
    .filter(({ code }) => code === 'CLIENT_RUNNING')
    .map(({ message }) =>
      finding('CLIENT_RUNNING', {
        subject: client.id,
        message,
        cause: 'It read the file when it started and writes it whole from memory.',
        fix: {
          command: `mcpctl sync --client ${client.id}`,
          description: `works once ${client.title} is closed, tray included`,
          isSafe: false,
        },
      }),
    );
}

function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(FINDING_CODES, code);
}
