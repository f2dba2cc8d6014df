import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import type { ConfigDocument, SyntaxProblem } from '../documents/document.ts';
import { valueAt } from '../documents/equality.ts';
import { openDocument } from '../documents/open.ts';
import type { TargetFile } from './files.ts';
import type { ClientProblem } from './problem.ts';

/** The servers of one client file, or why they cannot be read. */
export interface Section {
  readonly document: ConfigDocument;
  readonly path: readonly string[];
  /** Every entry, ours and others'; empty when the section is not there. */
  readonly entries: ReadonlyMap<string, unknown>;
  readonly warnings: readonly ClientProblem[];
}

/** Problems that make a client lose the file, as opposed to those it lives with. */
const BREAKING = new Set<SyntaxProblem['code']>(['SYNTAX', 'COMMENT', 'TRAILING_COMMA']);

/** Opens the file and finds its servers. A file the client itself could not read is not touched. */
export async function openSection(file: TargetFile): Promise<Section | { readonly broken: ClientProblem }> {
  if (file.unreadable) return { broken: file.unreadable };
  let document: ConfigDocument;
  try {
    document = await openDocument(file.text, file.dialect, file.path);
  } catch (error) {
    if (error instanceof McpctlError) return { broken: brokenBy(error) };
    throw error;
  }
  const breaking = document.problems.find(({ code }) => BREAKING.has(code));
  if (breaking) return { broken: syntaxProblem(file, breaking, 'error') };
  if (!isRecord(document.value)) return { broken: wrongShape(file, 'the file') };
  const path = sectionPath(file, document.value);
  for (let depth = 1; depth <= path.length; depth += 1) {
    const value = valueAt(document.value, path.slice(0, depth));
    if (value !== undefined && !isRecord(value) && !isEmptyYaml(file, value)) {
      return { broken: wrongShape(file, JSON.stringify(path.slice(0, depth).join('.'))) };
    }
  }
  const servers = valueAt(document.value, path);
  return {
    document,
    path,
    entries: new Map(isRecord(servers) ? Object.entries(servers) : []),
    warnings: [
      ...document.problems.map((problem) => syntaxProblem(file, problem, 'warning')),
      ...file.rivals.map((rival) => ambiguous(file, rival)),
    ],
  };
}

/** An edit or opening that was refused, as a problem of the file. */
export function brokenBy({ message, hint }: McpctlError): ClientProblem {
  return { code: 'CLIENT_FILE_BROKEN', severity: 'error', message, ...(hint !== undefined && { hint }) };
}

function sectionPath({ clients, section }: TargetFile, value: Record<string, unknown>): readonly string[] {
  const other = clients.find(({ alternativeSection }) => alternativeSection)?.alternativeSection;
  if (!other) return section;
  const found = valueAt(value, other);
  // A server that happens to be called like the section has a `type`.
  return isRecord(found) && found.type === undefined ? other : section;
}

/** `extensions:` with nothing below it. */
function isEmptyYaml({ dialect }: TargetFile, value: unknown): boolean {
  return dialect.format === 'yaml' && value === null;
}

function syntaxProblem(
  { path, clients }: TargetFile,
  { line, column, code, message }: SyntaxProblem,
  severity: ClientProblem['severity'],
): ClientProblem {
  const reader = clients.map(({ title }) => title).join(', ');
  const consequence =
    severity === 'error' ? `${reader} cannot read it` : `${reader} may not read it as meant`;
  return {
    code: 'CLIENT_FILE_BROKEN',
    severity,
    message: `${path}:${line}:${column}: ${message.replace(/\.$/, '')}; ${consequence}.`,
    hint:
      code === 'BYTE_ORDER_MARK'
        ? 'mcpctl sync writes the file without the mark when it has something to write.'
        : `Mend the line in an editor, or bring an earlier state back: mcpctl config backups`,
  };
}

function wrongShape({ path }: TargetFile, what: string): ClientProblem {
  return {
    code: 'CLIENT_FILE_SHAPE',
    severity: 'error',
    message: `${path}: ${what} is not an object, so servers cannot stand in it.`,
    hint: 'Correct it in an editor, or bring an earlier state back: mcpctl config backups',
  };
}

function ambiguous({ path, clients }: TargetFile, rival: string): ClientProblem {
  return {
    code: 'CLIENT_FILE_AMBIGUOUS',
    severity: 'warning',
    message: `${clients[0]?.title} is expected to read ${path}, but ${rival} exists too.`,
    hint: 'If the servers do not appear, delete the file the client no longer uses.',
  };
}
