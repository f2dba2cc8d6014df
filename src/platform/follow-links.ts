import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isSystemError } from '../core/errors.ts';

/** As many hops as Linux allows before it answers ELOOP. */
const HOPS = 40;

/**
 * The path a write through `path` ends at: symbolic links are followed even when what they name does not exist.
 * @throws the system's ELOOP when links lead in a circle.
 */
export async function followLinks(path: string): Promise<string> {
  let current = resolve(path);
  for (let hop = 0; hop < HOPS; hop += 1) {
    current = join(await realFolder(dirname(current)), basename(current));
    try {
      current = resolve(dirname(current), await readlink(current));
    } catch (error) {
      // EINVAL and, on Windows, UNKNOWN: there is something, and it is no link.
      if (isSystemError(error, 'ENOENT', 'EINVAL', 'UNKNOWN')) return current;
      throw error;
    }
  }
  throw Object.assign(new Error(`ELOOP: too many symbolic links, write '${path}'`), { code: 'ELOOP' });
}

/** The real path of a folder that may be missing in part. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') || dirname(folder) === folder) throw error;
    return join(await realFolder(dirname(folder)), basename(folder));
  }
}
