import { McpctlError } from '../../core/errors.ts';
import type { ConfigDocument, Dialect } from '../../documents/document.ts';
import { openDocument } from '../../documents/open.ts';
import { readTextFile, sha256 } from '../../documents/read.ts';
import type { Problem } from '../../manifest/problem.ts';
import { checkExpressions } from './check-expressions.ts';
import { checkCycles, checkKeys, checkSteps } from './check-steps.ts';
import { type Pipeline, pipelineOf } from './pipeline.ts';
import { createFindings, type Findings } from './problems.ts';
import { stepsReadBy } from './references.ts';
import { pipelineSchema } from './schema.ts';
import { tellShape } from './shape-problems.ts';

export interface ReadPipeline {
  /** Absolute. */
  readonly path: string;
  /** SHA-256 of its text, hexadecimal. */
  readonly digest: string;
  readonly document: ConfigDocument;
  /** Undefined when there are errors. */
  readonly pipeline?: Pipeline;
  readonly problems: readonly Problem[];
}

/** Largest file that is read, in characters. */
const LARGEST_FILE = 1024 * 1024;

/** Reads and judges a pipeline. @throws FILE_UNREADABLE, also when there is none; DOCUMENT_INVALID for bytes that are no text. */
export async function readPipeline(path: string): Promise<ReadPipeline> {
  const { exists, text } = await readTextFile(path);
  if (!exists) {
    throw new McpctlError('FILE_UNREADABLE', `There is no file ${path}.`, {
      hint: 'To begin with an example: mcpctl chain init',
      data: { path },
    });
  }
  return await judgePipeline(path, text);
}

/** The same for a file that is valid. @throws PIPELINE_INVALID with the first problem, and what reading throws. */
export async function requirePipeline(path: string): Promise<ReadPipeline & { readonly pipeline: Pipeline }> {
  const read = await readPipeline(path);
  const { pipeline, problems } = read;
  if (pipeline) return { ...read, pipeline };
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const { line, column, message } = first ?? { line: 1, column: 1, message: 'it cannot be read' };
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  throw new McpctlError('PIPELINE_INVALID', `${path}:${line}:${column}: ${message}${more}.`, {
    hint: `${first?.hint ?? ''} All of them: mcpctl chain validate ${path}`.trim(),
    data: { file: path, problems: errors },
  });
}

export async function judgePipeline(path: string, text: string): Promise<ReadPipeline> {
  if (text.length > LARGEST_FILE) {
    throw new McpctlError('PIPELINE_INVALID', `${path} is larger than ${LARGEST_FILE} characters.`, {
      hint: 'Give data as inputs: mcpctl chain run --inputs data.json',
      data: { file: path },
    });
  }
  const document = await openDocument(text, dialectOf(path), path);
  const findings = createFindings(path, document);
  const base = { path, digest: sha256(text), document, problems: findings.problems };
  checkKeys(document.value, findings);
  if (findings.problems.length > 0) return base;
  const checked = pipelineSchema.safeParse(document.value);
  if (!checked.success) {
    // What is missing is often there under another name.
    const isKey = ({ code }: { code: string }): number => Number(code === 'unrecognized_keys');
    const issues = [...checked.error.issues].sort((one, other) => isKey(other) - isKey(one));
    for (const issue of issues) tellShape(issue, document.value, findings);
    return base;
  }
  const file = checked.data;
  await checkSteps(file, findings);
  checkExpressions(file, findings);
  if (hasErrors(findings)) return base;
  const pipeline = pipelineOf(file, path, stepsReadBy);
  checkCycles(pipeline.steps, findings);
  return hasErrors(findings) ? base : { ...base, pipeline };
}

function hasErrors({ problems }: Findings): boolean {
  return problems.some(({ severity }) => severity === 'error');
}

function dialectOf(path: string): Dialect {
  const format = /\.jsonc?$/i.test(path) ? 'jsonc' : 'yaml';
  return { format, allowComments: true, allowTrailingCommas: true, allowByteOrderMark: true };
}
