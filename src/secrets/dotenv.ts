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
  const text = await readDotenvText(projectFolder);
  return parseDotenv(text ?? '');
}

/** What Node itself would read from the text with `--env-file`. */
export function parseDotenv(text: string): ReadonlyMap<string, string> {
  const values = parseEnv(text.replace(/^\uFEFF/, ''));
  return new Map(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** The text of the project's `.env`, undefined when there is no such file. */
export async function readDotenvText(projectFolder: string): Promise<string | undefined> {
  const path = dotenvPath(projectFolder);
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
