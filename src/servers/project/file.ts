import { join } from 'node:path';
import { McpctlError } from '../../core/errors.ts';
import { isRecord, type JsonObject } from '../../core/json.ts';
import type { Dialect } from '../../documents/document.ts';
import { openDocument } from '../../documents/open.ts';
import { readTextFile } from '../../documents/read.ts';
import { invalidDocument } from '../../documents/refusal.ts';

/** The file that makes a folder a project: `package.json`, or `pyproject.toml` where there is none. */
export interface ProjectFile {
  readonly kind: 'node' | 'python';
  /** The whole file; empty when it holds no object. */
  readonly content: JsonObject;
}

const STRICT = { allowComments: false, allowTrailingCommas: false, allowByteOrderMark: true } as const;
const JSON_FILE: Dialect = { format: 'json', ...STRICT };
const TOML_FILE: Dialect = { format: 'toml', ...STRICT, allowComments: true };

/** @throws NOT_A_SERVER when the folder has neither; DOCUMENT_INVALID with line and column. */
export async function readProjectFile(folder: string): Promise<ProjectFile> {
  const node = await readContent(join(folder, 'package.json'), JSON_FILE);
  if (node) return { kind: 'node', content: node };
  const python = await readContent(join(folder, 'pyproject.toml'), TOML_FILE);
  if (python) return { kind: 'python', content: python };
  throw new McpctlError('NOT_A_SERVER', `${folder} has neither a package.json nor a pyproject.toml.`, {
    hint: 'Name the folder of the server itself, or its script.',
  });
}

/** A JSON file of the project; undefined when it is not there. @throws DOCUMENT_INVALID, FILE_UNREADABLE */
export async function readProjectJson(folder: string, name: string): Promise<JsonObject | undefined> {
  return await readContent(join(folder, name), JSON_FILE);
}

async function readContent(path: string, dialect: Dialect): Promise<JsonObject | undefined> {
  const { exists, text } = await readTextFile(path);
  if (!exists) return undefined;
  const { value, problems } = await openDocument(text, dialect, path);
  const broken = problems.find(({ code }) => code !== 'DUPLICATE_KEY');
  if (broken) throw invalidDocument(path, broken);
  return isRecord(value) ? (value as JsonObject) : {};
}
