import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { McpctlError } from '../../core/errors.ts';

const MAX_FILES = 50_000;
const MAX_BYTES = 1024 * 1024 * 1024;

/**
 * Reads the files of a bundle into memory, name to content.
 * @throws BUNDLE_INVALID for damaged archives, names that lead out of the folder, and archives that grow too large.
 */
export async function readArchive(
  archive: Uint8Array,
  origin: string,
  only?: string,
): Promise<Map<string, Uint8Array>> {
  const { unzipSync } = await import('fflate');
  const refuse = (why: string): never => {
    throw new McpctlError('BUNDLE_INVALID', `The bundle ${origin} was not unpacked: ${why}.`, {
      hint: 'Get it again from its publisher.',
    });
  };
  let count = 0;
  let bytes = 0;
  try {
    const files = unzipSync(archive, {
      filter: ({ name, originalSize }) => {
        count += 1;
        bytes += originalSize;
        if (!isSafeName(name)) refuse(`it holds the unsafe name ${JSON.stringify(name)}`);
        if (count > MAX_FILES) refuse(`it holds more than ${MAX_FILES} files`);
        if (bytes > MAX_BYTES) refuse('it would grow beyond 1 GiB');
        return !name.endsWith('/') && (only === undefined || name === only);
      },
    });
    return new Map(Object.entries(files));
  } catch (error) {
    if (error instanceof McpctlError) throw error;
    return refuse(`it is no intact zip archive (${error instanceof Error ? error.message : String(error)})`);
  }
}

/** Writes the files below an existing folder. */
export async function writeFiles(files: ReadonlyMap<string, Uint8Array>, folder: string): Promise<void> {
  for (const [name, content] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { flag: 'wx' });
  }
}

/** Names below the folder on every system: no drive, no backslash, no way up, nothing Windows would cut off. */
function isSafeName(name: string): boolean {
  if (name === '' || /[\\:\0]/.test(name) || name.startsWith('/')) return false;
  return name
    .replace(/\/$/, '')
    .split('/')
    .every((part) => part !== '' && part !== '.' && part !== '..' && !/[. ]$/.test(part));
}
