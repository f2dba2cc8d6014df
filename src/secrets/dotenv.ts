import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { isSystemError, McpctlError, messageOf } from '../core/errors.ts';

/** Path of a project's `.env`. */
export function dotenvPath(projectFolder: string): string {
  return join(projectFolder, '.env');
}

/**
 * The variables of the project's `.env`; empty when there is no such file.
 * @throws SECRET_BACKEND_FAILED when the file exists and cannot be read.
 */
export async function readDotenv(projectFolder: string): Promise<ReadonlyMap<string, string>> {
  return (await readEnvFile(dotenvPath(projectFolder))) ?? new Map();
}

/**
 * The variables of a file such as `.env`; undefined when there is no such file.
 * @throws SECRET_BACKEND_FAILED when the file exists and cannot be read.
 */
export async function readEnvFile(path: string): Promise<ReadonlyMap<string, string> | undefined> {
  const text = await readText(path);
  return text === undefined ? undefined : parseDotenv(text);
}

/** What Node itself would read from the text with `--env-file`, without what is no name. */
export function parseDotenv(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(parseEnv(text.replace(/^\uFEFF/, '')))) {
    // Node 20 takes a comment in the last line, and a line without `=`, for the beginning of a name.
    if (value !== undefined && !/[\s#]/.test(name)) values.set(name, value);
  }
  return values;
}

/** The text of the project's `.env`, undefined when there is no such file. */
export async function readDotenvText(projectFolder: string): Promise<string | undefined> {
  return await readText(dotenvPath(projectFolder));
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    // A folder of that name is a Python environment as often as not.
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
    throw new McpctlError('SECRET_BACKEND_FAILED', `Could not read ${path}: ${messageOf(error)}`, {
      hint: `Make it readable for you: chmod 600 ${path}`,
      cause: error,
    });
  }
}
