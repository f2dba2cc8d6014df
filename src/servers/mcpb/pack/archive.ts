import type { Zippable } from 'fflate';
import type { BundleFile } from './collect.ts';

/** The first moment a zip archive can name. It counts in local time, so this is built of local fields. */
const MOMENT = new Date(1980, 0, 1);

/**
 * The files as an archive. The same files give the same bytes: sorted by name, without times, owners, or more of
 * their permissions than whether they can be executed.
 */
export async function archiveOf(files: readonly BundleFile[]): Promise<Uint8Array> {
  const { zipSync } = await import('fflate');
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const entries: Zippable = {};
  for (const { path, bytes, isExecutable } of sorted) {
    const attributes = (isExecutable ? 0o100755 : 0o100644) << 16;
    entries[path] = [bytes, { os: 3, attrs: attributes >>> 0, mtime: MOMENT, level: 9 }];
  }
  return zipSync(entries);
}
