import { dirname, join } from 'node:path';
import { z } from 'zod';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import { OWN_DIALECT } from '../../documents/dialects.ts';
import type { Dialect } from '../../documents/document.ts';
import { openDocument } from '../../documents/open.ts';
import { readTextFile } from '../../documents/read.ts';
import { createReport, type Problem } from '../../manifest/problem.ts';
import { type ExampleFile, exampleFileSchema } from './example-file.ts';

/** Its names, in the order they are looked for in a project. */
export const EXAMPLE_FILES = ['mcp-tests.yaml', 'mcp-tests.yml', 'mcp-tests.json'] as const;
const NO_MEMBER = 'there is no member';
const SNAPSHOTS = 'mcp-tests.snapshots.json';

/** The declared examples of a folder, or undefined when it has none. @throws as `readExampleFile`. */
export async function findExampleFile(folder: string): Promise<ExampleFile | undefined> {
  for (const name of EXAMPLE_FILES) {
    const path = join(folder, name);
    if ((await readTextFile(path)).exists) return await readExampleFile(path);
  }
  return undefined;
}

/** @throws EXAMPLES_INVALID with line and column; FILE_UNREADABLE, also where there is no such file. */
export async function readExampleFile(path: string): Promise<ExampleFile> {
  const { text, exists } = await readTextFile(path);
  if (!exists) {
    throw new McpctlError('FILE_UNREADABLE', `There is no file ${path}.`, {
      hint: `Name it by --examples, or call it ${EXAMPLE_FILES[0]} in the folder of the server.`,
    });
  }
  const dialect: Dialect = { ...OWN_DIALECT, format: path.endsWith('.json') ? 'jsonc' : 'yaml' };
  const document = await openDocument(text, dialect, path);
  const problems: Problem[] = [];
  const report = createReport(path, document, problems);
  const [syntax] = document.problems;
  if (syntax) throw invalid(path, syntax);
  const read = exampleFileSchema.safeParse(document.value);
  for (const issue of read.error?.issues ?? []) {
    const at = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    const key = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const message =
      key === undefined ? `${at.join('.')}: ${issue.message}` : `${NO_MEMBER} ${JSON.stringify(key)} here`;
    report.add({
      code: 'EXAMPLES_INVALID',
      severity: 'error',
      message,
      hint: '',
      path: key === undefined ? at : [...at, key],
      at: key === undefined ? 'value' : 'key',
    });
  }
  // What is missing is often what was misspelt.
  const first = problems.find(({ message }) => message.startsWith(NO_MEMBER)) ?? problems[0];
  if (first) throw invalid(path, first, problems.length);
  const { examples = [], replays = [], known = [] } = read.data ?? {};
  const twice = examples.findIndex(
    ({ name }, index) => examples.findIndex((one) => one.name === name) < index,
  );
  if (twice !== -1) {
    const place = document.positionOf(['examples', twice, 'name']) ?? { line: 1, column: 1 };
    throw invalid(path, {
      ...place,
      message: `another example is called ${JSON.stringify(examples[twice]?.name)}`,
    });
  }
  return { path, examples, replays, known, snapshots: await readSnapshots(path) };
}

/** Where the snapshots of an example file are kept. */
export function snapshotPath(path: string): string {
  return join(dirname(path), SNAPSHOTS);
}

async function readSnapshots(path: string): Promise<Record<string, JsonObject>> {
  const file = snapshotPath(path);
  const { text, exists } = await readTextFile(file);
  if (!exists) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value) && Object.values(value).every(isRecord)) return value as Record<string, JsonObject>;
  } catch {
    // Said below.
  }
  throw new McpctlError('EXAMPLES_INVALID', `${file} holds no snapshots.`, {
    hint: 'Restore it from version control, or remove it and write it anew: mcpctl test-server <path> --update',
    data: { file },
  });
}

function invalid(
  path: string,
  { line, column, message }: { line: number; column: number; message: string },
  count = 1,
): McpctlError {
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  return new McpctlError('EXAMPLES_INVALID', `${path}:${line}:${column}: ${message}${more}`, {
    hint: 'The guide shows what the file may hold; editors know it by its JSON Schema: mcpctl test-server --schema',
    data: { file: path, line, column },
  });
}

/** The JSON Schema of the file, for editors. */
export function exampleFileJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(exampleFileSchema, { target: 'draft-7', io: 'input' });
  return { title: 'Tests of an MCP server', ...schema };
}
