import { quoted } from '../../../core/shell-quote.ts';
import type { SyntaxProblem } from '../../../documents/document.ts';
import { parseTolerantJson, toStrictJson } from '../../../documents/tolerant-json.ts';
import type { ClientCheck, ExaminedFile } from '../../client-check.ts';
import { rewrite } from '../../client-survey.ts';
import { type Finding, type Fix, finding } from '../../finding.ts';
import type { FindingCode } from '../../finding-codes.ts';
import type { Machine } from '../../machine.ts';

const CODES: Record<SyntaxProblem['code'], [FindingCode, string]> = {
  SYNTAX: ['CLIENT_FILE_SYNTAX', 'It was edited by hand, or cut off while it was written.'],
  COMMENT: ['CLIENT_FILE_COMMENT', 'This client reads strict JSON, which has no comments.'],
  TRAILING_COMMA: [
    'CLIENT_FILE_TRAILING_COMMA',
    'This client reads strict JSON, where the last item has no comma.',
  ],
  BYTE_ORDER_MARK: [
    'CLIENT_FILE_BYTE_ORDER_MARK',
    'PowerShell and some editors put an invisible mark at the beginning.',
  ],
  DUPLICATE_KEY: ['CLIENT_FILE_DUPLICATE_KEY', 'The later of the two wins; the other one is dead text.'],
  UNSAFE_KEY: ['CLIENT_FILE_SYNTAX', 'The key has a meaning of its own in JavaScript; the entry vanishes.'],
};

const OTHER_THING: [FindingCode, string] = ['CLIENT_FILE_SHAPE', 'It is JSON, but no object.'];

/** Every problem the client would choke on, each code once a file, with its place. */
export const fileValid: ClientCheck = {
  id: 'file-valid',
  async run({ client, files, situation: { machine } }) {
    return files.flatMap((file) => judge(file, client.title, machine));
  },
};

function judge(examined: ExaminedFile, title: string, machine: Machine): Finding[] {
  const { document, section, plan } = examined;
  const { file, problems } = plan;
  if (file.unreadable) {
    return [
      finding('CLIENT_FILE_UNREADABLE', {
        subject: file.path,
        message: file.unreadable.message,
        cause: `${title} cannot read it either.`,
        fix: { command: `ls -l ${quoted(file.path)}`, description: 'shows who may read it', isSafe: false },
      }),
    ];
  }
  const found = new Map<FindingCode, Finding>();
  for (const problem of document?.problems ?? []) {
    const [code, cause] = isOtherThing(file.text) ? OTHER_THING : CODES[problem.code];
    if (!found.has(code)) found.set(code, report({ code, cause, problem, examined, title, machine }));
  }
  if (found.size === 0 && !section) {
    const [problem] = problems.filter(({ severity }) => severity === 'error');
    const code = problem?.code === 'CLIENT_FILE_SHAPE' ? 'CLIENT_FILE_SHAPE' : 'CLIENT_FILE_SYNTAX';
    found.set(
      code,
      finding(code, {
        subject: file.path,
        message: problem?.message ?? `${file.path} cannot be read.`,
        cause: 'Something else stands where the servers belong.',
        fix: restore(file.path),
      }),
    );
  }
  return [...found.values()];
}

interface Report {
  readonly code: FindingCode;
  readonly cause: string;
  readonly problem: SyntaxProblem;
  readonly examined: ExaminedFile;
  readonly title: string;
  readonly machine: Machine;
}

function report({ code, cause, problem, examined, title, machine }: Report): Finding {
  const { path } = examined.plan.file;
  const { line, column, message } = problem;
  const isMendable = ['COMMENT', 'TRAILING_COMMA', 'BYTE_ORDER_MARK'].includes(problem.code);
  const fix = isMendable ? strictCopy(examined, machine) : restore(path);
  return finding(code, {
    subject: path,
    message: `${path}:${line}:${column}: ${message.replace(/\.$/, '')}; ${title} loses the file or an entry over it.`,
    cause,
    ...(fix && { fix }),
  });
}

const restore = (path: string): Fix => ({
  command: `mcpctl config backups ${quoted(path)}`,
  description: 'lists earlier states of the file',
  isSafe: false,
});

/** Offered only where the content stays the same, value for value. */
function strictCopy({ plan: { file } }: ExaminedFile, machine: Machine): Fix | undefined {
  const isJson = file.dialect.format === 'json' || file.dialect.format === 'jsonc';
  const strict =
    file.dialect.allowComments || !isJson ? file.text.replace(/^\uFEFF/, '') : toStrictJson(file.text);
  if (isJson && !file.dialect.allowComments && !isSame(file.text, strict)) return undefined;
  return {
    command: 'mcpctl doctor --fix',
    description: `writes ${file.path} the way the client reads it; a backup keeps comments`,
    isSafe: true,
    apply: () => rewrite(machine, { path: file.path, text: strict, sha256: file.sha256 }),
  };
}

/** A list or a word as the whole file. */
function isOtherThing(text: string): boolean {
  return /^\uFEFF?\s*(?:\[|"|\d|true|false|null)/.test(text) && isSame(text, text);
}

function isSame(text: string, strict: string): boolean {
  try {
    return JSON.stringify(parseTolerantJson(text)) === JSON.stringify(JSON.parse(strict));
  } catch {
    return false;
  }
}
