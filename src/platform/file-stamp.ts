import { statSync } from 'node:fs';

/**
 * What tells whether a file is still the one it was: another text once it was written or replaced, an empty one where it
 * is not. At once, since asking in the background costs more than the answer.
 */
export function fileStamp(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : '';
}

/** Reads a file again only when it is another than the last time; what was read is shared. Throws what `read` throws. */
export function whenChanged<T>(path: string, read: () => Promise<T>): () => Promise<T> {
  let known: { readonly stamp: string; readonly content: T } | undefined;
  return async () => {
    // Taken before: a change meanwhile is seen the next time.
    const stamp = stampOrNone(path);
    if (known && stamp === known.stamp) return known.content;
    const content = await read();
    known = stamp === undefined ? undefined : { stamp, content };
    return content;
  };
}

/** Undefined where nobody can tell. */
function stampOrNone(path: string): string | undefined {
  try {
    return fileStamp(path);
  } catch {
    return undefined;
  }
}
