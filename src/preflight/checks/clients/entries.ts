import { checkEntry } from '../../../clients/check.ts';
import type { ClientEntry } from '../../../clients/entry.ts';
import type { TargetFile } from '../../../clients/files.ts';
import { partsOfManaged } from '../../../clients/managed.ts';
import { decodeStrictly } from '../../../clients/ownership.ts';
import { readReferences } from '../../../clients/references.ts';
import { isRecord } from '../../../core/json.ts';
import type { ClientCheck, ClientExam, ExaminedFile } from '../../client-check.ts';
import { type Finding, finding } from '../../finding.ts';

export const entries: ClientCheck = {
  id: 'entries',
  async run(exam) {
    return exam.files.flatMap((file) =>
      [...(file.section?.entries ?? [])].flatMap(([name, value]) => judge(name, value, file, exam)),
    );
  },
};

/** Claude Code skips a URL without a type; the others guess. */
const NEEDS_TYPE = new Set(['claude-code']);

function judge(name: string, value: unknown, { plan: { file } }: ExaminedFile, exam: ClientExam): Finding[] {
  const { client } = exam;
  const adopt = {
    command: `mcpctl import --client ${client.id}`,
    description: 'moves the entry into the manifest, from where every client can have it',
    isSafe: false,
  };
  const entry = decodeStrictly(file.shape, value);
  if (!entry) {
    const hasUrl = isRecord(value) && typeof value.url === 'string';
    const isUrlOnly = hasUrl && !file.shape.transports.includes('http');
    return [
      finding(isUrlOnly ? 'CLIENT_URL_UNSUPPORTED' : 'CLIENT_ENTRY_INVALID', {
        subject: `${client.id} ${name}`,
        message: isUrlOnly
          ? `${client.title} cannot load ${name} by URL from ${file.path}.`
          : `The entry ${name} in ${file.path} is not one ${client.title} can use.`,
        cause: isUrlOnly
          ? 'It starts programs only; newer versions skip such an entry, older ones refuse the whole file.'
          : (flawOf(value) ?? 'Its keys are those of another client.'),
        fix: adopt,
      }),
    ];
  }
  if (isRecord(value) && entry.kind === 'remote' && value.type === undefined && NEEDS_TYPE.has(client.id)) {
    return [
      finding('CLIENT_ENTRY_INVALID', {
        subject: `${client.id} ${name}`,
        message: `${client.title} skips ${name} in ${file.path}: it has a url and no type.`,
        cause: 'The entry was copied from the instructions for another client.',
        fix: adopt,
      }),
    ];
  }
  if (partsOfManaged(entry)) return [];
  const read = readReferences(entry, file.references);
  return remarksOn(name, read, exam, file).map((found) => ({ ...found, fix: adopt }));
}

/** What the client would drop or misread of an entry others wrote. */
function remarksOn(
  name: string,
  entry: ClientEntry,
  { client, situation }: ClientExam,
  { shape, references }: TargetFile,
): Finding[] {
  const { platform } = situation.machine;
  return checkEntry({ client, name, entry, platform, shape, references })
    .filter(({ severity, code }) => severity === 'error' || code !== 'CLIENT_SECRET_EXPOSED')
    .map(({ code, message }) =>
      finding(code === 'CLIENT_SECRET_EXPOSED' ? 'CLIENT_REFERENCE_LITERAL' : 'CLIENT_ENTRY_UNSUPPORTED', {
        subject: `${client.id} ${name}`,
        severity: 'warning',
        message,
        cause: 'What one client understands, another passes on as it stands.',
      }),
    );
}

function flawOf(value: unknown): string | undefined {
  if (!isRecord(value)) return 'It is not an object.';
  if (value.command !== undefined && value.url !== undefined) return 'It has both a command and a url.';
  if (
    Array.isArray(value.args) ? value.args.some((item) => typeof item !== 'string') : value.args !== undefined
  )
    return '"args" is not a list of texts.';
  if (isRecord(value.env) && Object.values(value.env).some((item) => typeof item !== 'string'))
    return '"env" holds something else than texts.';
  if (value.command === undefined && value.url === undefined) return 'It has neither a command nor a url.';
  if (value.command === '') return 'Its command is empty.';
  return undefined;
}
