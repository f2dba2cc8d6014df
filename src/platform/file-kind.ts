import { stat } from 'node:fs/promises';
import { isSystemError } from '../core/errors.ts';

/** What a path leads to, links followed; undefined when nothing is there. @throws what else keeps it from being looked at */
export async function kindOf(path: string): Promise<'file' | 'folder' | 'other' | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
