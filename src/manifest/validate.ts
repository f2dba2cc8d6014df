import { McpctlError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { OWN_DIALECT } from '../documents/dialects.ts';
import type { ConfigDocument, SyntaxProblem } from '../documents/document.ts';
import { openJson } from '../documents/jsonc.ts';
import { readTextFile } from '../documents/read.ts';
import { createReport, type Problem, type Report } from './problem.ts';
import { strayRootOf } from './structure.ts';
import { validateEntry } from './validate-entry.ts';

/**
 * Every problem of one manifest file, in the order they stand in it. A missing file has none.
 * @throws FILE_UNREADABLE
 */
export async function validateManifestFile(path: string): Promise<Problem[]> {
  try {
    const { exists, text } = await readTextFile(path);
    return exists ? await validateManifest(path, text) : [];
  } catch (error) {
    if (!(error instanceof McpctlError) || error.code !== 'DOCUMENT_INVALID') throw error;
    const hint = 'Save it as UTF-8 in your editor.';
    return [
      { file: path, line: 1, column: 1, code: 'ENCODING', severity: 'error', message: error.message, hint },
    ];
  }
}

/** Every problem of a manifest's text; `path` is only named. */
export async function validateManifest(path: string, text: string): Promise<Problem[]> {
  const document = openJson(text, OWN_DIALECT, path);
  const problems: Problem[] = document.problems.map((problem) => syntaxProblem(path, problem));
  const report = createReport(path, document, problems);
  if (text.startsWith('\uFEFF')) {
    report.add({
      code: 'BYTE_ORDER_MARK',
      severity: 'warning',
      message: 'the file begins with a byte order mark, which several clients stumble over',
      hint: 'Save it as "UTF-8" instead of "UTF-8 with BOM".',
      path: [],
    });
  }
  if (!document.problems.some(({ code }) => code === 'SYNTAX')) await validateRoot(document, report);
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

function syntaxProblem(file: string, { line, column, code, message }: SyntaxProblem): Problem {
  const hints: Record<string, string> = {
    DUPLICATE_KEY: 'Remove one of the two: readers disagree on which one counts.',
    UNSAFE_KEY: 'Give it another name.',
  };
  const hint = hints[code] ?? `Mend line ${line}, or go back: mcpctl config backups ${file}`;
  return { file, line, column, code, severity: 'error', message, hint };
}

async function validateRoot(document: ConfigDocument, report: Report): Promise<void> {
  const root = document.value as Record<string, unknown>;
  const servers = root.mcpServers;
  if (servers === undefined) return reportMissingRoot(root, report);
  if (!isRecord(servers)) {
    report.add({
      code: 'SERVERS_NOT_OBJECT',
      severity: 'error',
      message: '"mcpServers" is not an object of servers by name',
      hint: 'Write "mcpServers": { "name": { "command": "…" } }',
      path: ['mcpServers'],
    });
    return;
  }
  for (const [name, entry] of Object.entries(servers)) await validateEntry(name, entry, report);
}

function reportMissingRoot(root: Record<string, unknown>, report: Report): void {
  const other = strayRootOf(root);
  if (other !== undefined) {
    report.add({
      code: 'WRONG_ROOT_KEY',
      severity: 'error',
      message: `the servers stand under ${JSON.stringify(other)}, where mcpctl does not look`,
      hint: `Rename ${JSON.stringify(other)} to "mcpServers".`,
      path: [other],
      at: 'key',
    });
    return;
  }
  const bare = Object.keys(root).find((key) => {
    const value = root[key];
    return isRecord(value) && (typeof value.command === 'string' || typeof value.url === 'string');
  });
  if (bare === undefined && Object.keys(root).length === 0) return;
  report.add({
    code: 'NO_ROOT_KEY',
    severity: bare === undefined ? 'warning' : 'error',
    message:
      bare === undefined
        ? 'the file has no "mcpServers", so it names no server'
        : `${JSON.stringify(bare)} stands at the root instead of under "mcpServers"`,
    hint: 'Put the servers under "mcpServers": { … }',
    path: bare === undefined ? [] : [bare],
    at: 'key',
  });
}
