import type { ConfigDocument, DocumentPath, Position } from '../../documents/document.ts';
import { createReport, type Problem } from '../../manifest/problem.ts';
import type { TemplateFault } from '../expressions/template.ts';
import type { Site } from './sites.ts';

/** Collects what is wrong with a pipeline, each with its place in the file. */
export interface Findings {
  readonly problems: readonly Problem[];
  add(finding: {
    readonly code: string;
    readonly message: string;
    readonly hint: string;
    readonly path: DocumentPath;
    readonly at?: 'key' | 'value';
    readonly severity?: Problem['severity'];
  }): void;
  /** Something in an expression; `source` is what stands between its braces, `at` an offset in it. */
  inExpression(
    site: Pick<Site, 'path'>,
    place: Pick<TemplateFault, 'source' | 'at'>,
    finding: { readonly message: string; readonly hint: string },
  ): void;
}

export function createFindings(file: string, document: ConfigDocument): Findings {
  const problems: Problem[] = document.problems.map(({ line, column, code, message }) => ({
    file,
    line,
    column,
    code,
    severity: 'error',
    message,
    hint: `Mend line ${line}.`,
  }));
  const report = createReport(file, document, problems);
  return {
    problems,
    add: (finding) => report.add({ severity: 'error', ...finding }),
    inExpression({ path }, place, finding) {
      const code = 'EXPRESSION_INVALID';
      const position = positionIn(document, path, place);
      if (!position) report.add({ severity: 'error', code, path, ...finding });
      else problems.push({ file, ...position, severity: 'error', code, ...finding });
    },
  };
}

/** Where an offset of an expression is in the file; where its text is escaped or folded, the text begins. */
function positionIn(
  document: ConfigDocument,
  path: DocumentPath,
  { source, at }: Pick<TemplateFault, 'source' | 'at'>,
): Position | undefined {
  const start = document.positionOf(path);
  if (!start) return undefined;
  const lines = document.text.split(/\r\n|\n|\r/);
  // The expression may stand on a later line of a block.
  const [first = ''] = source.split('\n');
  for (let line = start.line; line <= Math.min(lines.length, start.line + LONGEST_BLOCK); line += 1) {
    const text = lines[line - 1] ?? '';
    const found = first === '' ? -1 : text.indexOf(first, line === start.line ? start.column - 1 : 0);
    if (found >= 0) return { line, column: found + 1 + (at <= first.length ? at : 0) };
    // What stands on one line is not looked for behind it.
    if (line === start.line && !/[|>][+-]?\s*$/.test(text.slice(start.column - 1))) break;
  }
  return { line: start.line, column: start.column };
}

/** Lines of a block that are looked through. */
const LONGEST_BLOCK = 200;
