import type { McpctlError } from '../../core/errors.ts';
import { quoted } from '../../core/shell-quote.ts';
import type { Problem } from '../../manifest/problem.ts';
import { type Finding, finding } from '../finding.ts';
import type { FindingCode } from '../finding-codes.ts';
import type { Leftover, ManifestState } from '../situation.ts';

/** What `config validate` calls a thing, and what doctor does; everything else is a broken entry. */
const CODES: Readonly<Record<string, FindingCode>> = {
  BYTE_ORDER_MARK: 'MANIFEST_BYTE_ORDER_MARK',
  CMD_WRAPPER: 'MANIFEST_ADVICE',
  DUPLICATE_KEY: 'MANIFEST_DUPLICATE_KEY',
  ENCODING: 'MANIFEST_SYNTAX',
  KEY_UNUSED: 'MANIFEST_ADVICE',
  NAME_RESERVED: 'MANIFEST_NAME',
  NAME_UNUSUAL: 'MANIFEST_NAME',
  NO_ROOT_KEY: 'MANIFEST_ROOT_KEY_WRONG',
  PACKAGE_UNPINNED: 'MANIFEST_ADVICE',
  REFERENCE_MALFORMED: 'MANIFEST_REFERENCE',
  SECRET_LITERAL: 'MANIFEST_SECRET_LITERAL',
  SERVERS_NOT_OBJECT: 'MANIFEST_SHAPE',
  SYNTAX: 'MANIFEST_SYNTAX',
  TRANSPORT_DEPRECATED: 'MANIFEST_ADVICE',
  UNSAFE_KEY: 'MANIFEST_NAME',
  URL_INVALID: 'MANIFEST_URL',
  URL_NOT_ENCRYPTED: 'MANIFEST_URL',
  URL_NO_SCHEME: 'MANIFEST_URL',
  URL_SCHEME: 'MANIFEST_URL',
  WRONG_ROOT_KEY: 'MANIFEST_ROOT_KEY_WRONG',
};

const CAUSES: Partial<Record<FindingCode, string>> = {
  MANIFEST_ROOT_KEY_WRONG: 'The file was copied from the instructions for a client.',
  MANIFEST_SECRET_LITERAL:
    'It was pasted into the entry; whoever reads the file or its history in git has it.',
  MANIFEST_SYNTAX: 'The file was edited by hand or cut off while it was written.',
};

/** What is wrong with one manifest file and its lock; with `names`, with these servers alone. */
export async function judgeManifest(state: ManifestState, names: readonly string[]): Promise<Finding[]> {
  const { validateManifestFile } = await import('../../manifest/validate.ts');
  const unreadable = state.failures.filter(({ code }) => code === 'FILE_UNREADABLE');
  const problems = unreadable.length > 0 ? [] : await validateManifestFile(state.path);
  const concerned = problems.filter(
    ({ server }) => server === undefined || names.length === 0 || names.includes(server),
  );
  return [
    ...unreadable.map((failure) => ofFailure('MANIFEST_UNREADABLE', state.path, failure)),
    ...concerned.map(ofProblem),
    ...state.failures
      .filter(({ code }) => code === 'LOCK_FILE_INVALID')
      .map((failure) => ofFailure('LOCK_FILE_INVALID', state.path, failure)),
    ...(state.failures.length === 0 && names.length === 0 ? lockedOnly(state) : []),
  ];
}

/** What a `dev` that has ended left; with `names`, of these servers alone. */
export function judgeLeftovers(leftovers: readonly Leftover[], names: readonly string[]): Finding[] {
  return leftovers
    .filter(({ server }) => names.length === 0 || names.includes(server))
    .map(({ server, takeOut }) =>
      finding('DEV_LEFTOVER', {
        subject: server,
        message: `${server} was put in place by mcpctl dev, which has ended.`,
        cause: 'It was killed, or the machine went down, before it could take the server out again.',
        fix: {
          command: 'mcpctl doctor --fix',
          description: 'takes it out of the manifest and the clients',
          isSafe: true,
          apply: takeOut,
        },
      }),
    );
}

function ofProblem({ file, line, column, code, severity, message, hint, server }: Problem): Finding {
  const known = CODES[code] ?? 'MANIFEST_ENTRY_INVALID';
  return finding(known, {
    subject: server ?? file,
    severity: known === 'MANIFEST_ADVICE' ? 'info' : severity,
    message: `${file}:${line}:${column}: ${server ? `${server}: ` : ''}${message}.`,
    cause: CAUSES[known] ?? 'The entry was written by hand.',
    fix: { command: hint, description: `line ${line} of ${file}`, isSafe: false },
  });
}

function ofFailure(code: FindingCode, path: string, { message, hint }: McpctlError): Finding {
  return finding(code, {
    subject: path,
    message,
    cause: 'The file was edited by hand, cut off, or belongs to somebody else.',
    ...(hint && { fix: { command: hint, description: 'puts the file right', isSafe: false } }),
  });
}

function lockedOnly({ lock, names, path, broken }: ManifestState): Finding[] {
  const known = new Set([...names, ...broken]);
  return Object.keys(lock.servers)
    .filter((name) => !known.has(name))
    .map((name) =>
      finding('LOCK_LEFTOVER', {
        subject: name,
        message: `${name} is locked, but not in ${path}.`,
        cause: 'Its entry was deleted by hand.',
        fix: {
          command: `mcpctl remove ${quoted(name)}`,
          description: 'takes lock and installation away',
          isSafe: false,
        },
      }),
    );
}
