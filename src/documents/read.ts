import { readFile } from 'node:fs/promises';
import { isSystemError, McpctlError, messageOf } from '../core/errors.ts';

export interface TextFile {
  /** Absolute or as given. */
  readonly path: string;
  readonly exists: boolean;
  /** Empty when the file does not exist; a byte order mark stays in it. */
  readonly text: string;
  /** SHA-256 (hex) of the bytes, null when the file does not exist: what `writeFileAtomic` takes. Made when asked for. */
  readonly sha256: string | null;
}

/**
 * Reads a file that will be edited: bytes that are not UTF-8 are refused, because writing them back would change them.
 * @throws DOCUMENT_INVALID for UTF-16 or broken UTF-8; FILE_UNREADABLE, the system's error as its cause.
 */
export async function readTextFile(path: string): Promise<TextFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return { path, exists: false, text: '', sha256: null };
    throw new McpctlError('FILE_UNREADABLE', `Could not read ${path}: ${messageOf(error)}.`, {
      hint: `Check what it is and who may read it: ls -ld ${path}`,
      cause: error,
      data: { path },
    });
  }
  return {
    path,
    exists: true,
    text: decode(bytes, path),
    get sha256() {
      return sha256(bytes);
    },
  };
}

/** SHA-256 in hex. Most readers never ask for one, and loading node:crypto takes milliseconds at start-up. */
export function sha256(bytes: string | Uint8Array): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(bytes).digest('hex');
}

function decode(bytes: Buffer, path: string): string {
  const [first, second] = bytes;
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  try {
    if (isUtf16) throw new TypeError('it is UTF-16');
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    const message = isUtf16 ? 'is saved as UTF-16, not as UTF-8' : 'holds bytes that are not UTF-8';
    throw new McpctlError('DOCUMENT_INVALID', `${path} ${message}.`, {
      hint: 'Save it as UTF-8 in your editor, then try again: nothing was written.',
      cause: error,
      data: { file: path, line: 1, column: 1 },
    });
  }
}
