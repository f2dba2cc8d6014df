import { recogniseCrash } from '../../crash-causes.ts';
import { type Finding, finding } from '../../finding.ts';
import type { FindingCode } from '../../finding-codes.ts';
import type { ServerCheck, ServerExam, Tried } from '../../server-check.ts';

/** What remains when nothing the server said explains it. */
const PLAIN: Readonly<Record<string, [FindingCode, string]>> = {
  SERVER_ERROR: ['SERVER_REFUSES', 'The server answers, but refuses what every client asks first.'],
  SERVER_EXITED: ['SERVER_EXITED', 'It ended by itself and said nothing that explains it.'],
  SERVER_JUNK: ['SERVER_JUNK', 'It prints text on stdout, where only messages may stand.'],
  SERVER_NOT_STARTED: ['SERVER_NOT_STARTED', 'The system could not start the program.'],
  SERVER_NO_TOOLS: ['SERVER_NO_TOOLS', 'Its list of tools is empty; a key may lack permissions.'],
  SERVER_PROTOCOL: ['SERVER_PROTOCOL', 'What it answers is not what the protocol asks for.'],
  SERVER_TIMEOUT: ['SERVER_SILENT', 'It runs, but does not answer the first message.'],
};

/** Words of a server explain these; they say nothing about a server that answers well. */
const EXPLAINABLE = new Set(['SERVER_EXITED', 'SERVER_TIMEOUT', 'SERVER_ERROR', 'SERVER_PROTOCOL']);

/** What explains a silent server; other words of one that runs are its ordinary log. */
const EXPLAINS_SILENCE = new Set<FindingCode>([
  'SERVER_KEY_REFUSED',
  'SERVER_PORT_TAKEN',
  'SERVER_SERVICE_UNREACHABLE',
]);

export const starts: ServerCheck = {
  id: 'starts',
  stage: 'after',
  async run(exam) {
    const { tried, prepared } = exam;
    if (!tried || tried.ok || prepared.target?.kind === 'remote') return [];
    const plain = PLAIN[tried.error.code];
    if (!plain) return [];
    return [explained(exam, tried) ?? plainly(exam, tried, plain)];
  },
};

const INSTALLED = new Set(['npm', 'git', 'mcpb', 'pypi']);

type Failed = Extract<Tried, { ok: false }>;

function explained({ server }: ServerExam, { error, said }: Failed): Finding | undefined {
  if (!EXPLAINABLE.has(error.code)) return undefined;
  const text = said.map((line) => line.text).join('\n');
  const known = recogniseCrash(`${text}\n${error.code === 'SERVER_ERROR' ? error.message : ''}`);
  if (!known || (error.code === 'SERVER_TIMEOUT' && !EXPLAINS_SILENCE.has(known.cause.code)))
    return undefined;
  const { cause, match } = known;
  const isInstalled = INSTALLED.has(server.lock?.source.type ?? '');
  // What mcpctl did not install it cannot install again; there the path is wrong.
  const command =
    cause.code === 'SERVER_MODULE_MISSING' && !isInstalled
      ? `mcpctl info ${server.name}`
      : cause.fix?.(server.name, match);
  return finding(cause.code, {
    subject: server.name,
    message: firstSentence(error.message, server.name),
    cause: cause.cause(match),
    ...(command && { fix: { command, description: descriptionOf(command), isSafe: false } }),
  });
}

function descriptionOf(command: string): string {
  return command.startsWith('mcpctl info ') ? 'shows what it starts' : 'gets it going';
}

function plainly(
  { server }: ServerExam,
  { error, said }: Failed,
  [code, cause]: [FindingCode, string],
): Finding {
  const last = said.at(-1)?.text;
  return finding(code, {
    subject: server.name,
    message: firstSentence(error.message, server.name),
    cause: last === undefined || code === 'SERVER_NO_TOOLS' ? cause : `${cause} Its last line: ${last}`,
    fix: {
      command:
        error.code === 'SERVER_TIMEOUT'
          ? `mcpctl doctor ${server.name} --timeout 120`
          : `mcpctl tools ${server.name} --verbose`,
      description: error.code === 'SERVER_TIMEOUT' ? 'waits longer' : 'shows everything it says',
      isSafe: false,
    },
  });
}

/** Without the quoted last lines: the cause says them better. */
function firstSentence(message: string, server: string): string {
  const text = message.replace(/ It said: .*$/s, '');
  return text.includes(server) ? text : `${server}: ${text}`;
}
